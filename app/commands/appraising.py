"""Commands that appraise a run's plan: what it is worth, by whose rates, and how surely."""

from pathlib import Path
from typing import Annotated

import typer

from app import appraisals, pipeline, screen, screen_money
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
    workbook: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write it to a workbook too.")] = None,
    formulas: Annotated[
        bool, typer.Option("--formulas", help="Let the workbook work its figures out by live formulas.")
    ] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Appraise a run's plan beside today's estate kept: value for society and for budgets, year by year.

    Example: [bold]estate appraise latest --discount green_book_2026[/bold]
    """
    wanted = asked(settings, discount)
    with open_register(database) as register:
        found = pipeline.load(register, run)
    made = appraisals.appraise(found, wanted)
    if workbook is not None:
        appraisals.workbook(made, found, workbook, formulas=formulas)
    if as_json:
        print_json({"run": found.id, **made.to_dict()})
    else:
        screen_money.business_case(made.case, found.scenario.name)
        screen_money.capital(made.capital)
        if workbook is not None:
            screen.out.print(f"workbook: {workbook}", markup=False, soft_wrap=True)


@app.command()
def risk(
    run: RunName = "latest",
    draws: Annotated[
        int | None, typer.Option(min=100, max=200_000, help="Draws of the Monte Carlo analysis.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of its dice.")] = None,
    discount: Discount = None,
    settings: SettingsFile = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say how sure a run's appraisal is: one thing otherwise at a time, what must go wrong, and all by chance.

    Example: [bold]estate risk latest --draws 20000[/bold]
    """
    wanted = asked(settings, discount)
    chosen = {key: value for key, value in (("draws", draws), ("seed", seed)) if value is not None}
    wanted = wanted.model_copy(update={"risk": wanted.risk.model_copy(update=chosen)})
    with open_register(database) as register:
        found = pipeline.load(register, run)
    made = appraisals.appraise(found, wanted)
    if as_json:
        print_json({"run": found.id, "settings": made.case.settings, **made.risk.to_dict()})
    else:
        screen_money.risk(made.risk, found.scenario.name)


@app.command()
def carbon(run: RunName = "latest", database: Database = None, as_json: Json = False) -> None:
    """Say what energy each property uses and what it emits, today's estate kept against a run's plan.

    Example: [bold]estate carbon latest[/bold]
    """
    with open_register(database) as register:
        found = pipeline.load(register, run)
    made = appraisals.appraise(found)
    if as_json:
        print_json({"run": found.id, **made.carbon.to_dict()})
    else:
        screen_money.carbon(made.carbon, found.snapshot, found.scenario.name)
