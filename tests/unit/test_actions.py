"""What a run's plan does, row by row, as the register keeps it."""

from dataclasses import replace

from app.pipeline import Run, _actions
from estate.dictionary import columns
from tests.support import planned_place


def test_every_way_out_and_every_hub_is_an_action_of_its_own() -> None:
    plan, snapshot, scenario = planned_place.place(properties=7)
    first, second, third, *rest = plan.properties
    changed = (
        replace(first, sold=False, transferred_year=2027, receipt_gbp=5_000.0),
        replace(second, action="leave", year=2026, lease_ends_year=2028),
        replace(third, hub_year=2027),
        *rest,
    )
    rows = _actions(Run("r1", replace(plan, properties=changed), scenario, snapshot))
    kinds = {(row["kind"], row["property_id"]): (row["year"], row.get("gbp")) for row in rows}
    assert kinds["transfer", first.property_id] == (2027, -5_000.0)
    assert kinds["end_lease", second.property_id] == (2028, None)
    assert kinds["hub", third.property_id] == (2027, None)
    [allowed] = [column.choices for column in columns("action") if column.name == "kind"]
    assert {row["kind"] for row in rows} <= set(allowed)
