"""Writes a proposed mapping as YAML that people can read and edit: what is doubtful is marked `# check: ...`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from estate.mapping import PAGE, beside
from estate.mapping_proposal import Guess, Proposal
from estate.problems import InputError

NOBODY_KNOWS = "nobody knows this word: put ours, or leave it blank for not known"


def checks(made: Proposal) -> list[str]:
    """What somebody should look at, one line each, as the YAML marks it."""
    found = list(made.doubts)
    for name, guesses in [
        ("", made.guesses),
        *((f"{table} ", guesses) for (table, _), guesses in made.also.items()),
    ]:
        for column, guess in guesses.items():
            where = f"{name}{column}"
            found += [f"{where}: {guess.doubt}"] if guess.doubt else []
            found += [f"{where}: {word!r} is not known" for word, ours in guess.words.items() if not ours]
    return found


def write(made: Proposal, source: Path, out: Path | None = None) -> Path:
    """Write a proposal beside its file, or to `out`; return where. Raises InputError rather than overwrite one."""
    path = out or beside(source)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(to_yaml(made, source.name))
    except FileExistsError:
        remedy = "Edit it, delete it, or name another with --out"
        raise InputError.of(
            str(path), "there is a mapping already, and people may have edited it", remedy
        ) from None
    except OSError as fault:
        raise InputError.of(
            str(path), f"it cannot be written ({fault.strerror})", "Choose another with --out"
        ) from None
    return path


def to_yaml(made: Proposal, file_name: str) -> str:
    """The mapping as text; `estate.mapping.read` reads it back."""
    return "\n".join(_lines(made, file_name)) + "\n"


def _lines(made: Proposal, file_name: str) -> Iterator[str]:
    yield _comment(f"How the columns of {file_name} become rows of the register's table {made.table}.")
    yield "# 1. Look at the lines marked 'check'. 2. Correct what is wrong; every other key is optional."
    yield _comment(f"3. Run: estate import {file_name}")
    yield f"# The keys are explained in {PAGE}, the register's columns in docs/register.md."
    yield from (_comment(f"check: {doubt}") for doubt in made.doubts)
    yield f"table: {made.table}"
    if made.sheet:
        yield f"sheet: {_text(made.sheet)}"
    yield f"header_row: {made.header_row}"
    if made.organisation[0]:
        yield f"organisation: {{id: {_text(made.organisation[0])}, name: {_text(made.organisation[1])}}}"
    yield f"id_from: {_texts(made.id_from)}  # what tells one row from all others and never changes"
    for name in ("asset", "x", "y"):
        if guess := made.guesses.get(name):
            shown = _texts(guess.headers) if name == "asset" else _text(guess.headers[0])
            yield f"{name}: {shown}{_check(guess.doubt)}"
    if made.coordinates:
        yield f"coordinates: {made.coordinates}  # metres: British National Grid; degrees: WGS84"
    yield "columns:"
    yield from _columns(made.guesses, "  ")
    if made.also:
        yield "# The same rows also tell of these tables."
        yield "also:"
    for (table, only_with), guesses in made.also.items():
        yield f"  - table: {table}"
        yield f"    only_with: {only_with}  # where this is blank there is no such row"
        yield "    columns:"
        yield from _columns(guesses, "      ")
    if made.not_used:
        yield "# Columns of the file that nothing is taken from; the importer does not look at this list."
        yield f"not_used: {_texts(made.not_used)}"


def _columns(guesses: Mapping[str, Guess], indent: str) -> Iterator[str]:
    for column, guess in guesses.items():
        if column in {"asset", "x", "y"}:
            continue
        if guess.value is not None:
            yield f"{indent}{column}: {{value: {_text(guess.value)}}}{_check(guess.doubt)}"
            continue
        header = _text(guess.headers[0]) if len(guess.headers) == 1 else _texts(guess.headers)
        unit = f", unit: {_text(guess.unit)}" if guess.unit else ""
        if not guess.words:
            yield f"{indent}{column}: {{from: {header}{unit}}}{_check(guess.doubt)}"
            continue
        yield f"{indent}{column}:{_check(guess.doubt)}"
        yield f"{indent}  from: {header}"
        yield f"{indent}  values:"
        for word, ours in guess.words.items():
            yield f"{indent}    {_text(word)}: {_text(ours)}{_check('' if ours else NOBODY_KNOWS)}"


def _check(doubt: str) -> str:
    return f"  {_comment(f'check: {doubt}')}" if doubt else ""


def _comment(text: str) -> str:
    return "# " + "".join(letter for letter in text if letter.isprintable())


def _text(text: str) -> str:
    """Text in quotes, so that no word of a file is anything but text."""
    return str(yaml.safe_dump(text, default_style="'", allow_unicode=True, width=1_000_000)).rstrip("\n")


def _texts(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
