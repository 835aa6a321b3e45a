"""data/rates: every public figure dated, sourced and in a named unit."""

from datetime import date
from pathlib import Path

import pytest

import data
from estate import rates

STATUSES = {"in_force", "superseded", "proposed", "secondary", "assumption"}


@pytest.mark.parametrize("rate", rates.rates().values(), ids=lambda rate: rate.name)
def test_every_rate_says_what_it_is_and_where_it_comes_from(rate: rates.Rate) -> None:
    assert isinstance(rate.value, int | float)
    assert isinstance(rate.from_date, date)
    assert rate.unit
    assert rate.source
    assert not rate.source.endswith(".")
    assert rate.status in STATUSES


def test_a_rate_given_in_two_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rates").mkdir()
    text = "circuity: {value: 1, unit: x, from_date: 2026-01-01, source: S, status: assumption}\n"
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "rates" / name).write_text(text)
    monkeypatch.setattr(data, "FOLDER", tmp_path)

    with pytest.raises(ValueError, match=r"b\.yaml: rate circuity is given twice"):
        rates.rates.__wrapped__()
