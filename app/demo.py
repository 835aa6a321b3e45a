"""The demonstration: a synthetic place from nothing to the board's pack of two plans, in a folder of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from app import pack, pipeline
from app.pipeline import Run
from estate.database import Register
from estate.importers import import_files
from estate.synthetic import generate
from maps.pack.board_pdf import has_chromium
from optimiser import scenario as scenarios
from optimiser.planner import OnProgress

# Large enough to look like a place, small enough to be planned in well under a minute on two cores.
PROPERTIES, ORGANISATIONS, ZONES, SEED, SECONDS = 150, 8, 80, 1, 45.0
TOGETHER, ALONE = "Sharing buildings", "Each body by itself"


def run_demo(
    out: Path, *, on_progress: OnProgress | None = None, stop: Callable[[], bool] | None = None
) -> tuple[Run, dict[str, Path]]:
    """Make the place, import it, plan it twice, write the pack of both plans. Gives the first run and the files.

    An earlier demo is replaced. Without Chromium the pack has no board.pdf.
    """
    place, database = out / "place", out / "estate.db"
    shutil.rmtree(place, ignore_errors=True)
    for old in out.glob("estate.db*"):
        old.unlink()
    generate(PROPERTIES, ORGANISATIONS, ZONES, SEED).write(place)
    register = Register.create(f"sqlite:///{database}")
    try:
        import_files(register, [place])
        asked = (
            scenarios.read(place / "scenario.yaml")
            .with_solver({"seconds": SECONDS})
            .with_value(("name",), TOGETHER)
        )
        # The stricter first: what it finds keeps the other's rules as well, and is where that one's search begins.
        alone = asked.with_value(("moves", "across_organisations"), False).with_value(("name",), ALONE)
        other = pipeline.plan(register, alone, on_progress=on_progress, stop=stop)
        earlier = other.id if other.plan.figures else None
        run = pipeline.plan(register, asked, on_progress=on_progress, stop=stop, earlier=earlier)
        shown = [run.id, other.id] if other.plan.figures is not None else [run.id]
        files = {} if run.plan.figures is None else pack.write(register, shown, out / "pack", pdf=has_chromium())
    finally:
        register.close()
    files["summary"] = out / "summary.json"
    text = json.dumps(pipeline.summary(run), indent=2, ensure_ascii=False)
    files["summary"].write_text(text + "\n", encoding="utf-8")
    return run, files
