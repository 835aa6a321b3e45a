"""What people read of the register: what an import does, findings, scores, a history, an explanation."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from functools import cache
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from app.screen import out, pounds
from estate.checks import Finding
from estate.dictionary import REGISTER_TABLES, columns
from estate.explain import Explanation, Figure
from estate.history import Event, History
from estate.importers import GONE_REMEDY, FieldChange, ImportResult, Note, Record
from estate.quality import Score

_EXAMPLES = 3
_CHANGED_SHOWN = 5
_KINDS_SHOWN = 12
_UNITS = {"_gbp_per_year": "GBP a year", "_kwh_per_year": "kWh a year", "_m2": "m2", "_ha": "ha", "_gbp": "GBP"}
_KINDS = ("rejected", "mended", "warning")


def imported(results: Sequence[ImportResult], dry_run: bool = False) -> None:
    """What came of each file, or would: counts, what changes in the register, and the first notes of each."""
    for result in results:
        name = escape(result.file_name)
        if result.skipped:
            out.print(f"[dim]{name}: passed over, {escape(result.skipped)}[/dim]")
            continue
        new, changed, same = astuple(result.changes)
        effect = f"in the register {new:,} new, {changed:,} changed, {same:,} unchanged"
        if result.accepted and not new + changed + same:
            effect = "none of these rows is written, for the reasons below"
        gone = f", {len(result.preview.gone):,} gone from the source" if result.preview.gone else ""
        out.print(
            f"[bold]{name}[/bold] ({escape(result.format)}): {result.rows:,} rows, {result.accepted:,} accepted, "
            f"{result.rejected:,} rejected, {result.mended:,} mended, "
            f"{result.warnings:,} warning{'s' * (result.warnings != 1)}; "
            + ("imported before, nothing changed" if result.again else effect)
            + gone
        )
        _changes(result)
        _notes(result)
    if dry_run:
        out.print("This was a dry run: the register is as it was. Leave out --dry-run to bring it in.")


def _changes(result: ImportResult) -> None:
    """The first new records, the first changed ones column by column, and what the file lacks."""
    preview = result.preview
    if preview.new and result.changes.changed + result.changes.unchanged:  # all new is no news
        _records("new", preview.new)
    by_record: dict[Record, list[FieldChange]] = defaultdict(list)
    for change in preview.changed:
        by_record[change.record].append(change)
    if by_record:
        out.print(f"  changed ({len(by_record):,}):")
    for record, changes in list(by_record.items())[:_CHANGED_SHOWN]:
        words = "; ".join(
            f"{_label(c.column)} {_shown(c.before, c.column)} -> {_shown(c.after, c.column)}" for c in changes
        )
        _line(escape(f"{_named(record)}: {words}"), 4)
    _more(len(by_record) - _CHANGED_SHOWN)
    if preview.gone:
        _records("gone from the source", preview.gone, f" {GONE_REMEDY}.")


def _records(kind: str, records: Sequence[Record], remedy: str = "") -> None:
    tables: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        tables[record.table].append(record)
    for table, found in tables.items():
        _line(escape(f"{kind} ({len(found):,}), table {table}:{remedy}"), 2)
        for record in found[:_EXAMPLES]:
            _line(escape(_named(record)), 4)
        _more(len(found) - _EXAMPLES)


def _named(record: Record) -> str:
    return record.id if record.name == record.id else f"{record.name} ({record.id})"


def _more(number: int) -> None:
    if number > 0:
        out.print(f"    and {number:,} more: 'estate import --json' lists them all")


def _notes(result: ImportResult) -> None:
    """What was refused, mended or looks odd: like with like, the few first, with some examples of each."""
    for notes in sorted(_groups(result), key=lambda notes: (_KINDS.index(notes[0].kind), len(notes))):
        first = notes[0].problem
        alike = all(note.problem.reason == first.reason for note in notes)
        what = f"{first.reason}. {first.remedy}" if alike else first.remedy
        _line(escape(f"{notes[0].kind} ({len(notes):,}): {what}."), 2)
        for note in notes[:_EXAMPLES]:
            value = f" {note.problem.column} {note.problem.value!r}" if note.problem.value else ""
            reason = "" if alike else f": {note.problem.reason}"
            _line(escape(f"row {note.row_number}, {note.problem.record}{value}{reason}"), 4)
        _more(len(notes) - _EXAMPLES)


def _groups(result: ImportResult) -> list[list[Note]]:
    """Notes of one kind and reason; those whose reason stands once, as it names a record, by their remedy."""
    notes = (*result.rejections, *result.notes)
    times = Counter((note.kind, note.problem.reason) for note in notes)
    groups: dict[tuple[str, str, str], list[Note]] = defaultdict(list)
    for note in notes:
        reason = note.problem.reason if times[note.kind, note.problem.reason] > 1 else ""
        groups[note.kind, reason, note.problem.remedy if not reason else ""].append(note)
    return list(groups.values())


def findings(found: Sequence[Finding], scores: Sequence[Score], names: dict[str, str]) -> None:
    """The findings body by body, like with like, those of most worth first and notes last; then the scores."""
    owners: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        owners[finding.organisation_id].append(finding)
    for owner in sorted(owners, key=lambda key: -sum(finding.worth_gbp for finding in owners[key])):
        own = owners[owner]
        out.print(f"\n[bold]{escape(names.get(owner, owner) or 'The whole place')}[/bold]: {len(own):,} findings")
        alike: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for finding in own:
            alike[finding.severity, finding.check, finding.remedy].append(finding)
        groups = sorted(alike.values(), key=lambda group: (group[0].severity == "note", -_most(group)))
        for group in groups[:_KINDS_SHOWN]:
            _alike(group)
        if len(own) > sum(min(len(group), _EXAMPLES) for group in groups[:_KINDS_SHOWN]):
            out.print("\n'estate check --out findings.xlsx' lists them all.")
    _scores(scores)


def _most(group: Sequence[Finding]) -> float:
    return max(finding.worth_gbp for finding in group)


def _alike(group: Sequence[Finding]) -> None:
    """Findings of one check and remedy: what to do, then those of most worth."""
    first = group[0]
    out.print()
    _line(f"[bold]{escape(first.check)}[/bold], {first.severity} ({len(group):,}). {escape(first.remedy)}.", 2)
    for finding in sorted(group, key=lambda finding: -finding.worth_gbp)[:_EXAMPLES]:
        worth = f", {pounds(finding.worth_gbp)} {finding.worth_basis}" if finding.worth_gbp else ""
        what, unit = _name_and_unit(finding.column)
        value = f" ({what} {finding.value} {unit}".rstrip() + ")" if finding.value else ""
        called = (
            finding.record if finding.record == finding.record_id else f"{finding.record} ({finding.record_id})"
        )
        _line(escape(f"- {called}{worth}: {finding.reason}{value}"), 4)
    if len(group) > _EXAMPLES:
        _line(f"and {len(group) - _EXAMPLES:,} more", 4)


def _line(text: str, indent: int) -> None:
    """A paragraph that stays indented where it wraps."""
    out.print(Padding(text, (0, 0, 0, indent), expand=False))


def _scores(scores: Sequence[Score]) -> None:
    """How good each body's data is, in two lines each."""
    if scores:
        out.print("\n[bold]Data quality, 0 to 100[/bold]")
    for score in scores:
        out.print(f"{score.score:3.0f}  {escape(score.organisation)}")
        lacks = sorted(score.missing.items(), key=lambda item: -item[1])[:_EXAMPLES]
        lacking = ", ".join(f"{fact} ({number:,})" for fact, number in lacks if number)
        words = (
            f"{score.properties:,} properties, {score.properties_with_errors:,} with errors; "
            f"{score.facts_recorded:,} of {score.facts_needed:,} facts recorded"
        )
        _line(escape(words + (f"; most often missing: {lacking}" if lacking else "")), 5)


def history(found: History) -> None:
    """What happened to a property, the oldest first."""
    out.print(f"[bold]{escape(found.name)}[/bold] ({escape(found.property_id)})")
    for event in found.events:
        when = event.at.strftime("%d %b %Y %H:%M") if event.at else "date not known"
        by = f", {event.by}" if event.by else ""
        source = f", from {event.file_name} row {event.source_row}" if event.file_name else ", not from a file"
        out.print(f"{when}{escape(by)}{escape(source)}: {escape(_told(event))}", soft_wrap=True)
    out.print("Times are UTC.")


def _told(event: Event) -> str:
    subject = "the property" if event.table == "property" else f"{event.record} ({event.record_id})"
    if event.kind == "added":
        return f"{subject} was added"
    before, after = _value(event.before, event.column), _value(event.after, event.column)
    return f"{subject}: {_label(event.column)} changed from {before} to {after}"


def explanation(found: Explanation) -> None:
    """The figures of a property: the estimates with how each was made, then what is recorded."""
    use = found.use.replace("_", " ") or "not known"
    out.print(f"[bold]{escape(found.name)}[/bold] ({escape(found.property_id)}), use {escape(use)}")
    out.print(f"\n[bold]Estimates[/bold]: {len(found.estimated):,}")
    alike: dict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for figure in found.estimated:
        alike[figure.table, figure.rule, figure.source, figure.as_of, figure.status, figure.supply].append(figure)
    for (_, rule, source, as_of, status, supply), figures in alike.items():
        for figure in figures:
            inputs = "; ".join(f"{name} {value}" for name, value in figure.inputs.items())
            out.print(f"- {escape(_figure(figure))}: {escape(inputs)}", soft_wrap=True)
        out.print(f"    How: {escape(rule)}\n    Source: {escape(source)} (from {as_of}, {escape(status)})")
        out.print(f"    To replace it: {escape(supply)}.")
    out.print(f"\n[bold]Recorded[/bold]: {len(found.recorded):,}")
    for figure in found.recorded:
        source = f"from {figure.source}" if figure.source else "not from a file"
        out.print(f"- {escape(_figure(figure))}, {escape(source)}", soft_wrap=True)
    if found.missing:
        out.print(f"\n[bold]Not known and not estimated[/bold]: {escape(', '.join(found.missing))}")


def _figure(figure: Figure) -> str:
    whose = "" if figure.table == "property" else f"{figure.table.replace('_', ' ')} {figure.record}, "
    return f"{whose}{_name_and_unit(figure.column)[0]} {_value(figure.value, figure.column)} {figure.unit}".strip()


def estimate_counts(counts: Iterable[tuple[str, int]]) -> None:
    """How many figures each rule would estimate."""
    table = Table("Rule", "Figures estimated")
    for rule, number in counts:
        table.add_row(escape(rule), f"{number:,}")
    out.print(table)
    out.print("'estate estimate --explain PROPERTY' shows how the figures of one property came about.")


def _label(column: str) -> str:
    """A column as people say it, with its unit."""
    name, unit = _name_and_unit(column)
    return f"{name} ({unit})" if unit else name


def _name_and_unit(column: str) -> tuple[str, str]:
    """`floor_area_m2` is the floor area in m2."""
    for ending, unit in _UNITS.items():
        if f"_{column}".endswith(ending):
            return f"_{column}".removesuffix(ending).replace("_", " ").strip() or "cost", unit
    return column.replace("_", " "), ""


def _shown(value: str, column: str) -> str:
    return _value(json.loads(value), column)


@cache
def _years() -> frozenset[str]:
    """The columns that hold a year."""
    return frozenset(c.name for table in REGISTER_TABLES for c in columns(table) if c.unit == "year")


def _value(value: Any, column: str) -> str:
    if value is None:
        return "(blank)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.10g}" if column in _years() else f"{value:,.10g}"
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
