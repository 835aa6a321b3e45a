"""kill -9 at random moments of an import and of a migration: the register is whole, and the rerun completes.

ESTATE_KILLS sets the moments of each (5 where it is not set; by hand try 50).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from estate import snapshot
from estate.database import Register
from estate.synthetic import generate
from tests.support import postgis
from tests.support.rows import fill

pytestmark = pytest.mark.slow
MOMENTS = int(os.environ.get("ESTATE_KILLS", "5"))
ROOT = Path(__file__).parents[2]
IMPORT = """
import sys
from pathlib import Path
from estate.database import Register
from estate.importers import import_files
register = Register.open(sys.argv[1])
print("go", flush=True)
import_files(register, [Path(sys.argv[2])])
print("done", flush=True)
"""
MIGRATE = """
import sys
from estate.database import Register
print("go", flush=True)
Register.create(sys.argv[1])
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    generate(400, 5, 60, seed=3).write(folder)
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Iterator[str]]:
    """Addresses of empty databases, as many as are asked for."""
    if request.param == "sqlite":
        yield (f"sqlite:///{tmp_path / f'{n}.db'}" for n in range(10_000))
        return
    cluster: postgis.Cluster = request.getfixturevalue("postgis_cluster")

    def databases() -> Generator[str, None, None]:
        while True:
            with cluster.database() as url:
                yield url

    made = databases()
    yield made
    made.close()


def run(script: str, *words: str, kill_after_s: float | None = None) -> tuple[float, int]:
    """Run a script in a process of its own and kill it so long after it says go. Gives the seconds of its
    work, and how it ended."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "go\n"
        began = time.perf_counter()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            child.send_signal(signal.SIGKILL)
        child.stdout.readline()  # done, or the end of a killed one
        seconds = time.perf_counter() - began
        return seconds, child.wait()


def moments() -> list[float]:
    """Shares of the time of a whole run, one at random in each of so many equal parts."""
    dice = random.Random(MOMENTS)  # moments for a test, not secrets
    return [(number + dice.random()) / MOMENTS for number in range(MOMENTS)]


def counts(url: str) -> dict[str, int]:
    with closing(Register.open(url)) as register:
        return {
            table: len(register.values(table, "id"))
            for table in ("organisation", "property", "team", "import_batch")
        }


def test_a_killed_import_leaves_all_or_nothing(fresh: Iterator[str], place: Path) -> None:
    first = next(fresh)
    Register.create(first).close()
    seconds, end = run(IMPORT, first, str(place))
    assert end == 0
    whole, nothing = counts(first), dict.fromkeys(counts(first), 0)
    ends = []
    for moment in moments():
        url = next(fresh)
        Register.create(url).close()
        ends.append(run(IMPORT, url, str(place), kill_after_s=moment * seconds)[1])
        assert counts(url) in (nothing, whole)
        assert run(IMPORT, url, str(place))[1] == 0
        assert counts(url) == whole

    assert -signal.SIGKILL in ends


def test_a_killed_migration_leaves_the_old_register_or_the_new(fresh: Iterator[str]) -> None:
    first = next(fresh)
    _older(first)
    seconds, end = run(MIGRATE, first)
    assert end == 0
    ends = []
    for moment in moments():
        url = next(fresh)
        digest = _older(url)
        ends.append(run(MIGRATE, url, kill_after_s=moment * seconds)[1])
        with closing(Register.create(url)) as register:
            assert snapshot.take(register).digest == digest
            assert "member" in sa.inspect(register.engine).get_table_names()

    assert -signal.SIGKILL in ends


def _older(url: str) -> str:
    """A register of the first version with some rows; gives the digest of its snapshot once it is of today's."""
    with closing(Register.create(url)) as register:
        with register.transaction() as connection:
            fill(connection)
        register.downgrade("0001", lose_data=True)  # what the first version had no column for
    with closing(Register.create(url)) as register:
        digest = snapshot.take(register).digest
        register.downgrade("0001", lose_data=True)
    return digest
