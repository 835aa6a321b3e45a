"""Replaces a file only by a whole one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends without an error the file there takes the place of `path`."""
    with TemporaryDirectory(prefix=".estate-export-", dir=path.parent) as folder:
        new = Path(folder) / path.name
        yield new
        new.replace(path)
