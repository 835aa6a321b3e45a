"""With CI set, a skipped test of PostGIS or of the browser fails; elsewhere it is a skip with its reason."""

import pytest

TESTS = """
    import pytest

    @pytest.mark.postgis
    def test_of_postgis():
        pytest.skip("no PostgreSQL with PostGIS here")

    @pytest.fixture
    def browser():
        pytest.skip("no Chromium here")

    @pytest.mark.browser
    def test_of_the_browser(browser):
        pass

    def test_of_data():
        pytest.skip("no data here")
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest("from tests.conftest import pytest_runtest_makereport")
    pytester.makeini("[pytest]\nmarkers =\n    postgis: x\n    browser: x\n")
    pytester.makepyfile(TESTS)
    return pytester


def test_in_ci_what_is_needed_may_not_be_skipped(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    result = run.runpytest_inprocess()

    outcomes = result.parseoutcomes()
    assert (outcomes["failed"] + outcomes.get("errors", 0), outcomes["skipped"]) == (2, 1)
    result.stdout.fnmatch_lines(["*With CI set a skipped postgis test is a failure*no PostgreSQL*"])


def test_elsewhere_a_skip_is_a_skip(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    run.runpytest_inprocess().assert_outcomes(skipped=3)
