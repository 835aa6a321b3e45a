"""A throw-away PostgreSQL cluster with PostGIS: private socket, no network, gone at the end."""

import getpass
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

HOW_TO_GET_IT = "install PostgreSQL and PostGIS: apt-get install postgresql postgresql-postgis"
TEMPLATE = "empty_with_postgis"
# Speed over safety: this data is thrown away. '-h' with nothing after it means no network at all.
SETTINGS = "-F -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c timezone=UTC -h ''"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL that has PostGIS, or None."""
    found = [
        control.parents[1].name
        for control in Path("/usr/share/postgresql").glob("*/extension/postgis.control")
        if Path("/usr/lib/postgresql", control.parents[1].name, "bin", "initdb").exists()
    ]
    return Path("/usr/lib/postgresql", max(found, key=int), "bin") if found else None


@dataclass
class Cluster:
    """A running cluster. `url(name)` addresses one of its databases."""

    socket_folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_folder}"

    def run(self, database: str, statement: str, **names: str) -> None:
        """Run one statement outside a transaction; `names` fill its {placeholders} as identifiers."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            identifiers = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**identifiers))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a new database that holds nothing but PostGIS; dropped at the end."""
        name = f"test_{next(self._numbers)}"
        self.run("postgres", "CREATE DATABASE {name} TEMPLATE {template}", name=name, template=TEMPLATE)
        try:
            yield self.url(name)
        finally:
            self.run("postgres", "DROP DATABASE {name} WITH (FORCE)", name=name)


@contextmanager
def cluster(bin_folder: Path) -> Iterator[Cluster]:
    """Start a cluster and remove it at the end. PostgreSQL refuses to run as root: somebody else runs it then."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        shutil.chown(folder, _owner())
        _call(bin_folder / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
              "--locale=C")  # fmt: skip
        control = (bin_folder / "pg_ctl", "-D", folder / "data", "-w", "-s")
        _call(*control, "-l", folder / "log", "-o", f"{SETTINGS} -k {folder}", "start")
        try:
            running = Cluster(folder)
            running.run("postgres", "CREATE DATABASE {name}", name=TEMPLATE)
            running.run(TEMPLATE, "CREATE EXTENSION postgis")
            yield running
        finally:
            _call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _owner() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _call(*command: str | Path) -> None:
    as_user: dict[str, Any] = {"user": _owner(), "extra_groups": []} if os.geteuid() == 0 else {}
    if as_user:
        as_user["group"] = pwd.getpwnam(_owner()).pw_gid
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **as_user
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stdout}{done.stderr}")
