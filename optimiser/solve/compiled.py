"""Compiles kernels, and keeps what is compiled for the next run.

Numba looks at the file of a kernel alone to tell whether what it has kept is still good, and not at those of the
kernels that it calls. So what is kept is kept under a digest of every file in this folder.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from platformdirs import user_cache_path

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_DAYS_KEPT = 30  # of what other versions have compiled
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_LEAN = {"forceinline": True, "_nrt": False}


def kernel(function: Kernel) -> Kernel:
    """Compile a function that Python calls."""
    return _compiled(function, cache=True)


def inner(function: Kernel) -> Kernel:
    """Compile a function that kernels alone call: without what Python would need, which takes long to compile."""
    return _compiled(function, **_INNER)


def lean_kernel(function: Kernel) -> Kernel:
    """As `kernel`, for one that makes no array; with `lean`, which it calls."""
    return _compiled(function, cache=True, **_LEAN)


def lean(function: Kernel) -> Kernel:
    """As `inner`, for one that makes no array and is called very often.

    Numba counts who holds an array each time that a kernel looks at it, one locked instruction a time. Where
    nothing is made nothing has to be freed, so this is left out: annealing then runs five times as fast.
    """
    return _compiled(function, **_INNER, **_LEAN)


def _compiled(function: Kernel, **options: bool) -> Kernel:
    jit: Any = numba.njit  # of its options some have no type
    return cast(Kernel, jit(**options)(function))


def _folder() -> Path:
    here = Path(__file__).parent
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))).hexdigest()[:16]
    root = here / "__pycache__" if os.access(here, os.W_OK) else user_cache_path("estate-optimiser")
    return root / "kernels" / digest


def _keep_in(folder: Path) -> None:
    """Have numba keep what it compiles in the folder, and remove what has not been used there for long."""
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    for other in folder.parent.iterdir():
        if time.time() - other.stat().st_mtime > _DAYS_KEPT * 86_400:
            shutil.rmtree(other, ignore_errors=True)


_keep_in(_folder())
