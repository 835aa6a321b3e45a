"""What is in a pack, so that anybody can tell later that nothing in it was changed, and make it again."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from maps import words
from maps.pack import findings
from maps.pack.case import Case, Option


def write(case: Case, folder: Path) -> Path:
    """Write manifest.json beside the files it names, each with its size and SHA-256, and return its path.

    It holds nothing that the pack's reader may not see: the digests of runs and snapshots are those of what the
    reader sees, and a snapshot's digest differs from reader to reader.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "written_on": case.written_on.isoformat(),
        "program": {"estate-optimiser": version("estate-optimiser")},
        "reader": case.reader.key,
        "runs": [_run(option) for option in (*case.options, *case.impossible)],
        "files": [
            {
                "name": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in files
        ],
    }
    out = folder / "manifest.json"
    out.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return out


def _run(option: Option) -> dict[str, Any]:
    plan = option.plan
    return {
        "run": option.run_id,
        "made_on": option.made_on.isoformat(),
        "scenario": option.name,
        "status": plan.status,
        "how_good": option.how_good,
        "gap": plan.gap,
        "estimated_share": findings.figures(option).estimated_share if plan.figures else None,
        "snapshot_digest": plan.snapshot_digest,
        "scenario_digest": option.asked_scenario.digest,
        "solver": plan.solver,
        "seed": plan.seed,
        "prices_of": words.financial_year(plan.base_year),
        "notes": list(option.standing),
    }
