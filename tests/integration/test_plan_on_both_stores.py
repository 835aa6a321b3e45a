"""The same place planned from SQLite and from PostGIS: the same digest, the same plan."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import pipeline
from estate.database import Register
from estate.importers import import_files
from estate.synthetic import generate
from optimiser import scenario as scenarios


@pytest.mark.postgis
def test_the_store_makes_no_difference(sqlite_url: str, postgis_url: str, tmp_path: Path) -> None:
    generate(40, 4, 25, seed=3).write(tmp_path / "place")
    asked = scenarios.read(tmp_path / "place" / "scenario.yaml").with_solver(
        {"threads": 1, "gap": 0.0, "seconds": 60}
    )
    runs = []
    for url in (sqlite_url, postgis_url):
        register = Register.create(url)
        import_files(register, [tmp_path / "place"])
        made = pipeline.plan(register, asked)
        kept = pipeline.load(register, made.id)
        assert kept.plan == made.plan
        assert kept.snapshot.digest == made.snapshot.digest
        runs.append(made)
        register.close()
    lite, server = runs
    assert lite.snapshot.digest == server.snapshot.digest
    assert lite.plan.status == "proven"
    assert replace(lite.plan, seconds=0.0) == replace(server.plan, seconds=0.0)
