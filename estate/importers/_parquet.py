"""The cells of a Parquet file as text. Its reader is an extra: who never meets such a file need not have it."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from estate.problems import InputError

_MAGIC = b"PAR1"
_ROWS_A_PART = 50_000


def read_parquet(name: str, content: bytes, most_rows: int) -> Iterator[Sequence[str]]:
    """The header and then the rows. Raises InputError for a file that is damaged, too large or of odd columns."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        remedy = "Install it (pip install 'estate-optimiser[parquet]'), or save the table as CSV"
        raise InputError.of(name, "the reader of Parquet files is not installed here", remedy) from None
    if content[:4] != _MAGIC or content[-4:] != _MAGIC:
        raise InputError.of(name, "it is not a Parquet file, or was cut short", "Export it again")
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        if file.metadata.num_rows > most_rows:
            raise InputError.of(name, f"it has more than {most_rows:,} rows", "Split it into smaller files")
        odd = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
        if odd:
            raise InputError.of(name, f"the column {odd[0]} holds lists, not plain values", "Leave it out")
        yield file.schema_arrow.names
        for batch in file.iter_batches(_ROWS_A_PART):
            yield from zip(*(map(_text, column.to_pylist()) for column in batch.columns), strict=True)
    except (pa.ArrowException, OSError, ValueError) as fault:
        reason = f"it cannot be read as Parquet ({str(fault).splitlines()[0] if str(fault) else 'damaged'})"
        raise InputError.of(name, reason, "Export it again") from fault


def _text(value: Any) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)
