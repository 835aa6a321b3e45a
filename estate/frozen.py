"""The form in which a snapshot is kept: tables column by column as bytes, so that a million rows take a second.

`pack` gives `FORM`, a line of JSON that lists tables, columns and the sizes of their parts, and then the parts:
numbers as little-endian doubles, yes/no as a byte, texts with a NUL between them, choices as the number of one
of their texts, dates as their ISO form, places as WKB.
The same frames give the same bytes on every machine; the digest of a snapshot is that of these bytes.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from estate.dictionary import columns
from estate.fills import FILL_COLUMNS, REPEATED
from estate.frames import as_objects
from estate.problems import InputError

FORM = b"estate snapshot 2\n"
ESTIMATES = "estimates"
Values = NDArray[Any]
Held = Sequence[Any] | Values | pd.Categorical  # the values of a column
Parts = list[Values]  # of one column, for `_encode` and `_decode`

# How columns are kept that the dictionary does not describe.
_KINDS_OF_FILLS = dict.fromkeys(FILL_COLUMNS, "text") | dict.fromkeys(REPEATED, "category") | {"value": "mixed"}
_MARK = "boolean"


def pack(frames: Mapping[str, pd.DataFrame], scope: str = "") -> Iterator[bytes]:
    """Frames of register tables, and that of the estimates, as bytes in pieces; a scope is part of them.

    The last piece is what stands before all others: it tells their sizes.
    """
    told: dict[str, Any] = {"scope": scope, "tables": {}}
    for table in sorted(frames):
        frame = frames[table]
        sizes: list[Any] = []
        told["tables"][table] = {"rows": len(frame), "columns": sizes}
        for name, kind in _kinds(table, frame).items():
            arrays = _encode(kind, _values(frame, name))
            sizes.append([name, kind, [[array.dtype.str, len(array)] for array in arrays]])
            yield from (array.tobytes() for array in arrays)
    header = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    yield FORM + header + b"\n"


def unpack(content: bytes) -> dict[str, dict[str, Held]]:
    """The columns of each table in what `pack` gave, an array each, the index of register tables as `id`."""
    start = content.index(b"\n", len(FORM)) + 1
    told = json.loads(content[len(FORM) : start])
    tables: dict[str, dict[str, Held]] = {}
    for table, held in sorted(told["tables"].items()):
        tables[table] = {}
        for name, kind, sizes in held["columns"]:
            parts: Parts = []
            for kept_as, count in sizes:
                parts.append(np.frombuffer(content, kept_as, count, start))
                start += parts[-1].nbytes
            tables[table][name] = _decode(kind, parts, held["rows"])
    return tables


def _kinds(table: str, frame: pd.DataFrame) -> dict[str, str]:
    """How each column is kept; columns that the dictionary lacks are marks of estimates."""
    if table == ESTIMATES:
        return _KINDS_OF_FILLS
    described = {column.name: column.type for column in columns(table)}
    return {"id": "text", **{str(name): described.get(str(name), _MARK) for name in frame.columns}}


def _values(frame: pd.DataFrame, name: str) -> Any:
    column = frame.index if name == frame.index.name else frame[name]
    return column.array if isinstance(column.dtype, pd.CategoricalDtype) else column.to_numpy()


def _encode(kind: str, values: Any) -> Parts:
    match kind:
        case "number" | "integer":
            exact = np.asarray(values, "<f8")
            return [np.where(np.isnan(exact), np.nan, exact)]  # one NaN of the many there are
        case "boolean":
            return [np.asarray(values, "u1")]
        case "text":
            return [_joined(values.tolist())]
        case "choice":
            cells = np.asarray(values).tolist()
            known = {text: number for number, text in enumerate(dict.fromkeys(cells))}
            codes = np.fromiter(map(known.__getitem__, cells), _least(len(known)), len(cells))
            return [codes, _joined(list(known))]
        case "category":
            return [values.codes.astype(_least(len(values.categories))), _joined(values.categories.tolist())]
        case "date":
            told = {value: value.isoformat() if value else "" for value in set(values.tolist())}
            return _encode("choice", as_objects([told[value] for value in values.tolist()]))
        case "geometry":
            places = [place or b"" for place in shapely.to_wkb(np.asarray(values), byte_order=1).tolist()]
            return [np.fromiter(map(len, places), "<u4"), np.frombuffer(b"".join(places), "u1")]
        case "mixed":
            if pd.api.types.infer_dtype(values) == "floating":
                return [*_encode("number", values), np.zeros(len(values), "u1"), _joined([""])]
            is_text = np.array([isinstance(value, str) for value in values.tolist()], dtype=bool)
            numbers, texts = np.where(is_text, np.nan, values), np.where(is_text, values, "")
            return [*_encode("number", numbers), *_encode("choice", texts)]
    raise ValueError(kind)


def _decode(kind: str, parts: Parts, count: int) -> Held:
    match kind:
        case "number" | "integer":
            return parts[0].astype("float64")
        case "boolean":
            return parts[0].astype("bool")
        case "text":
            return as_objects(_apart(parts[0]) if count else [])
        case "choice":
            return as_objects(_apart(parts[1]))[parts[0]]
        case "category":
            return pd.Categorical.from_codes(parts[0], pd.Index(_apart(parts[1]) if count else [], dtype=object))
        case "date":
            return [date.fromisoformat(value) if value else None for value in _decode("choice", parts, count)]
        case "geometry":
            ends = np.cumsum(parts[0], dtype=np.int64).tolist()
            wkb = parts[1].tobytes()
            pieces = [wkb[start:end] or None for start, end in itertools.pairwise([0, *ends])]
            return np.asarray(shapely.from_wkb(as_objects(pieces)))
        case "mixed":
            texts = _decode("choice", parts[1:], count)
            return np.where(texts == "", parts[0].astype(object), texts)
    raise ValueError(kind)


def _least(count: int) -> str:
    """The smallest type that numbers below `count` fit."""
    return next(kind for kind, most in (("<u1", 2**8), ("<u2", 2**16), ("<u4", 2**32)) if count <= most)


def _joined(texts: list[str]) -> Values:
    found = "\0".join(texts)
    if found.count("\0") > max(len(texts) - 1, 0):
        wrong = next(text for text in texts if "\0" in text)
        raise InputError.of("the register", "a text holds a NUL character", "Take it out", value=repr(wrong))
    return np.frombuffer(found.encode(), "u1")


def _apart(joined: Values) -> list[str]:
    return joined.tobytes().decode().split("\0")
