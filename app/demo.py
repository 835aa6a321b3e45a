"""The demonstration: a synthetic place from nothing to a map, in a folder of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from app import pipeline
from estate.database import Register
from estate.importers import import_files
from estate.synthetic import generate
from optimiser import scenario as scenarios
from optimiser.planner import OnProgress

# Large enough to look like a place, small enough to be planned in well under a minute on two cores.
PROPERTIES, ORGANISATIONS, ZONES, SEED, SECONDS = 150, 8, 80, 1, 30.0


def run_demo(
    out: Path, *, on_progress: OnProgress | None = None, stop: Callable[[], bool] | None = None
) -> tuple[pipeline.Run, dict[str, Path]]:
    """Make the place, import it, plan it, publish it. Gives the run and the files; replaces an earlier demo."""
    place, database = out / "place", out / "estate.db"
    shutil.rmtree(place, ignore_errors=True)
    for old in out.glob("estate.db*"):
        old.unlink()
    generate(PROPERTIES, ORGANISATIONS, ZONES, SEED).write(place)
    register = Register.create(f"sqlite:///{database}")
    try:
        import_files(register, [place])
        asked = scenarios.read(place / "scenario.yaml").with_solver({"seconds": SECONDS})
        run = pipeline.plan(register, asked, on_progress=on_progress, stop=stop)
    finally:
        register.close()
    files = pipeline.publish(run, out)
    files["summary"] = out / "summary.json"
    text = json.dumps(pipeline.summary(run), indent=2, ensure_ascii=False)
    files["summary"].write_text(text + "\n", encoding="utf-8")
    return run, files
