"""What more of one thing costs: the plans of `estate frontier`, where it was asked of the run."""

from maps import words
from maps.charts import Chart, Series, Unit
from maps.colours import PALETTE
from maps.pack.case import Case

ORDER, PAGE = 20, "options"
MOST = 12
# How an axis of the study is called, and in what it is said.
_AXES: dict[str, tuple[str, Unit]] = {
    "saving": ("Saving a year", "gbp"),
    "receipts": ("Receipts from sales", "gbp"),
    "carbon": ("Carbon in the last year, tonnes", "whole"),
    "reach": ("Most that any service’s reach falls", "share"),
}


def build(case: Case) -> Chart | None:
    """Points of what a plan is worth against the study's first axis; none where it was not asked."""
    study = case.main.studies.get("frontier")
    found = study["frontier"] if study else None
    if found is None or not found["axes"]:
        return None
    axis = found["axes"][0]
    points = [
        (point["values"][axis], point["npsv_gbp"], point["gap"])
        for point in found["points"]
        if point["npsv_gbp"] is not None and not point["dominated_by"] and not point["same_as"]
    ]
    if len(points) < 2:
        return None
    points.sort(key=lambda point: (point[0], point[1]))
    shown = points[:MOST]
    name, unit = _AXES.get(axis, (axis, "whole"))
    least, most = min(worth for _, worth, _ in shown), max(worth for _, worth, _ in shown)
    gaps = [gap for _, _, gap in shown if gap is not None]
    proven = f" Each is within {words.at_most(max(gaps))} of the best there is." if len(gaps) == len(shown) else ""
    title = f"Plans are worth {words.pounds(least)} to {words.pounds(most)}, by {name[0].lower()}{name[1:]}"
    return Chart(
        "frontier", title,
        "points", "Plan", tuple(str(number) for number in range(1, len(shown) + 1)),
        (
            Series(name, tuple(value for value, _, _ in shown), PALETTE[0], unit),
            Series("Net present social value", tuple(worth for _, worth, _ in shown), PALETTE[0]),
        ),
        note=f"Each point is the best plan found for what it asks.{proven} All of it: estate frontier.",
    )  # fmt: skip
