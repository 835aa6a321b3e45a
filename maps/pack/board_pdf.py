"""The board's paper as PDF: what `board_html` wrote, printed by a Chromium that can reach nothing.

Chromium's own sandbox holds it, save for root, for whom it does not start. The page has no script and allows none,
names resolve to nothing, and it is ended when it takes too long. See docs/decisions/0014.
"""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from estate.problems import InputError

VARIABLE = "ESTATE_CHROMIUM"
NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable", "microsoft-edge")
SECONDS = 120.0
OLDEST = 131  # the first to print what stands in the margin boxes of CSS
_REMEDY = (
    f"Install Chromium {OLDEST} or newer (Debian: apt-get install chromium), or name it in {VARIABLE}. "
    "Without it everything but board.pdf can be made: --no-pdf"
)
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-quic", "--in-process-gpu",
    "--disable-software-rasterizer",
)  # fmt: skip


def write(page: Path, out: Path) -> Path:
    """Print the HTML file `page` to `out` and return it. Raises InputError where there is no Chromium that can."""
    program = find()
    with TemporaryDirectory(prefix="estate-print-") as profile:
        own = [f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        asked = ["--no-pdf-header-footer", f"--print-to-pdf={out}", page.resolve().as_uri()]
        command = [str(program), *_FLAGS, *own, *asked]
        try:
            done = subprocess.run(  # noqa: S603 - a program of this machine, and words of ours
                command, capture_output=True, timeout=SECONDS, check=False, env=_environment(profile)
            )
        except subprocess.TimeoutExpired:
            raise _fault(program, f"it did not print within {SECONDS:g} seconds") from None
    if done.returncode or not out.exists():
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise _fault(program, f"it did not print ({said[-1][:200]})")
    return out


def _environment(home: str) -> dict[str, str]:
    """Nothing of the user's own: Chromium keeps what it must in a folder that goes away."""
    return {"HOME": home, "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TMPDIR": home}


def has_chromium() -> bool:
    """Whether there is a Chromium here that can print."""
    try:
        find()
    except InputError:
        return False
    return True


@cache
def find() -> Path:
    """A Chromium that is new enough: the one in ESTATE_CHROMIUM, else the distribution's or Playwright's."""
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        candidates = [Path(named)]
    else:
        held = (shutil.which(name) for name in NAMES)
        # A snap cannot see the temporary folders that it would print from.
        candidates = [Path(name) for name in held if name and "/snap/" not in str(Path(name).resolve())]
        candidates += sorted(
            Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"), reverse=True
        )
    for program in candidates:
        version = _version(program)
        if version >= OLDEST:
            return program
        if named:
            reason = f"it is of version {version}" if version else "it does not run"
            raise InputError.of(VARIABLE, reason, _REMEDY, value=named)
    found = f"only one older than version {OLDEST} is" if candidates else "none is"
    raise InputError.of("board.pdf", f"Chromium prints it and {found} on this machine", _REMEDY)


def _version(program: Path) -> int:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    said = re.search(r"\b(\d+)\.\d+\.\d+", done.stdout)
    return int(said[1]) if said else 0


def _fault(program: Path, reason: str) -> InputError:
    return InputError.of(str(program), reason, _REMEDY)
