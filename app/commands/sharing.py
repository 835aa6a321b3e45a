"""Commands for partners: the ledger, ways to share what a plan gains, the price of fairness."""

from pathlib import Path
from typing import Annotated

import typer

from app import partnering, pipeline, screen, screen_partners
from app.shell import DONE, NO_PLAN, Database, Json, app, open_register, print_json, stopper
from maps.pack import partner_sheets, workbook

RunName = Annotated[str, typer.Argument(help="Run, the start of its name, or latest.")]
Workbook = Annotated[
    Path | None, typer.Option("--workbook", metavar="FILE.xlsx", help="Write everything to Excel as well.")
]
STOPPED = "Stopped. What was done is kept: give the same command again to go on."


@app.command()
def ledger(
    run: RunName = "latest",
    organisation: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this partner's own lines, totals and payments.")
    ] = None,
    workbook_file: Workbook = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show what each partner pays and gets, year by year, with today's estate and with the plan.

    And who pays first and gets later, and the payments after which nobody is worse off (docs/partners-money.md).

    Example: [bold]estate ledger latest --organisation nhs --workbook nhs.xlsx[/bold]
    """
    with open_register(database) as register:
        loaded = pipeline.load(register, run)
    found = partnering.ledger_of(loaded)
    if organisation:
        found = found.of(organisation)
    names = dict(loaded.snapshot.organisations["name"])
    if workbook_file:
        sheets = partner_sheets.of_ledger(found, names)
        workbook.write_sheets(sheets, {"title": loaded.scenario.name[:255]}, workbook_file)
    if as_json:
        print_json({"run": loaded.id, **found.to_dict()})
        return
    screen_partners.ledger(found, loaded.scenario.name, loaded.id, names)
    if workbook_file:
        screen.out.print(f"Wrote {workbook_file}.", markup=False, soft_wrap=True)


@app.command("share-gains")
def share_gains(
    run: RunName = "latest",
    seconds: Annotated[float, typer.Option(min=0.1, help="Time limit of the solver for each group, s.")] = 6.0,
    gap: Annotated[float, typer.Option(min=0, max=1, help="Stop within this share of a group's bound.")] = 0.001,
    orders: Annotated[
        int, typer.Option(min=2, help="Orders of joining that are drawn where there are more than 8 partners.")
    ] = 20,
    workbook_file: Workbook = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Share what a plan gains: by what each adds (Shapley), need, floor area, equally; and who would leave.

    Every group of partners is planned by itself, up to 8 partners; of more, the groups of orders drawn at random.
    Ctrl-C stops; what was done is kept with the run and used again (docs/partners-money.md).

    Example: [bold]estate share-gains latest --seconds 10 --workbook shares.xlsx[/bold]
    """
    with (
        open_register(database) as register,
        stopper() as stop,
        screen_partners.progress(as_json, "groups of partners planned") as on_progress,
    ):
        loaded = pipeline.load(register, run)
        found = partnering.share_gains(
            register, loaded, seconds=seconds, gap=gap, orders=orders, on_progress=on_progress, stop=stop.is_set
        )
    if found is None:
        screen.err.print(STOPPED)
        raise typer.Exit(NO_PLAN)
    if workbook_file:
        about = {"title": loaded.scenario.name[:255]}
        workbook.write_sheets(partner_sheets.of_sharing(found.sharing), about, workbook_file)
    if as_json:
        better = {"better_run": found.better_run, "better_by_gbp": found.better_by_gbp}
        print_json({"run": loaded.id, **better, **found.sharing.to_dict()})
        return
    screen_partners.sharing(found, loaded.scenario.name, loaded.id)
    if workbook_file:
        screen.out.print(f"Wrote {workbook_file}.", markup=False, soft_wrap=True)


@app.command("price-fairness")
def price_fairness(
    run: RunName = "latest",
    seconds: Annotated[float, typer.Option(min=0.1, help="Time limit of the solver, s.")] = 60.0,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show what it costs the whole that no partner may be worse off, beside what payments would do.

    The plan is set beside one made with partners.none_worse_off the other way; nothing is planned where nobody is
    worse off in any case.

    Example: [bold]estate price-fairness latest --seconds 120[/bold]
    """
    with (
        open_register(database) as register,
        stopper() as stop,
        screen_partners.progress(as_json, "plan made") as on_progress,
    ):
        loaded = pipeline.load(register, run)
        found = partnering.fairness_of(
            register, loaded, seconds=seconds, on_progress=on_progress, stop=stop.is_set
        )
    if found is None:
        screen.err.print("Stopped before the other plan was made.")
        raise typer.Exit(NO_PLAN)
    if as_json:
        print_json({"run": loaded.id, **found.to_dict()})
    else:
        screen_partners.fairness(found, loaded.scenario.name, loaded.id)
    raise typer.Exit(DONE)
