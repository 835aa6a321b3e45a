"""Fixtures for every test: databases, a register, a browser and the real data where they are at hand."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import highspy
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from estate.database import Register
from tests.support import chromium as chromium_finder
from tests.support import postgis

ROOT = Path(__file__).parents[1]
# With CI set nothing of these may be missing: a skip there would hide that half the product went untested.
NEEDED_IN_CI = {"postgis", "browser"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needed = NEEDED_IN_CI & {mark.name for mark in item.iter_markers()}
    if report.skipped and needed and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"With CI set a skipped {' and '.join(sorted(needed))} test is a failure: {call.excinfo}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Unfinished plans of commands that tests run stay out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _own_solver_threads() -> None:
    """HiGHS keeps the threads of its first run in a process, and refuses another number."""
    highspy.Highs.resetGlobalScheduler(True)


@pytest.fixture(scope="session")
def postgis_cluster() -> Iterator[postgis.Cluster]:
    """A PostgreSQL cluster of this test run's own."""
    programs = postgis.programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL with PostGIS here; {postgis.HOW_TO_GET_IT}")
    with postgis.cluster(programs) as running:
        yield running


@pytest.fixture
def postgis_url(postgis_cluster: postgis.Cluster) -> Iterator[str]:
    """The address of an empty PostGIS database. Mark the test `postgis`."""
    with postgis_cluster.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'register.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each store in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def register(database_url: str) -> Iterator[Register]:
    """An empty register on each store in turn."""
    made = Register.create(database_url)
    yield made
    made.close()


@pytest.fixture
def sqlite_register(sqlite_url: str) -> Iterator[Register]:
    """An empty register in a file, for tests to which the store makes no difference."""
    made = Register.create(sqlite_url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Path:
    """The path of a Chromium. Mark the test `browser`."""
    found = chromium_finder.find(playwright)
    if found is None:
        pytest.skip(f"no Chromium here; {chromium_finder.HOW_TO_GET_IT}")
    return found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    """A browser that calls nobody of its own accord. Mark the test `browser`."""
    with ExitStack() as stack:
        running = playwright.chromium.launch(executable_path=chromium, args=chromium_finder.FLAGS)
        stack.callback(running.close)
        yield running


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data beside the checkout. Mark the test `realdata`."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real public data is not beside this checkout (../shared/data)")
    return folder
