"""Commands that appraise a run's plan: what it is worth, by whose rates, and how surely."""

from pathlib import Path
from typing import Annotated

import typer

from app import appraisals, pipeline, screen_money
from app.shell import Database, Json, app, open_register, print_json
from optimiser.appraise import settings as appraisal_settings
from optimiser.appraise.settings import Appraisal

RunName = Annotated[str, typer.Argument(help="Run, the start of its name, or latest.")]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE.yaml", help="How to appraise it: docs/appraisal-settings.md."),
]
Discount = Annotated[
    str | None,
    typer.Option(metavar="EDITION", help="Edition of the discount rates, or as_planned for the scenario's own."),
]


def asked(settings: Path | None, discount: str | None) -> Appraisal:
    """The settings of a file, or the defaults, with another edition of the discount rates if one is given."""
    found = appraisal_settings.read(settings) if settings else Appraisal()
    return found.model_copy(update={"discount": discount}) if discount else found


@app.command()
def appraise(
    run: RunName = "latest",
    discount: Discount = None,
    settings: SettingsFile = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Appraise a run's plan beside today's estate kept: value for society and for budgets, year by year.

    Example: [bold]estate appraise latest --discount green_book_2026[/bold]
    """
    wanted = asked(settings, discount)
    with open_register(database) as register:
        found = pipeline.load(register, run)
    case = appraisals.appraise(found, wanted)
    if as_json:
        print_json({"run": found.id, **case.to_dict()})
    else:
        screen_money.business_case(case, found.scenario.name)
