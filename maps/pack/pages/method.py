"""How it was made and what it rests on: enough for somebody else to make it again and find the same."""

from maps import words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import Page, Table

ORDER = 100
_MOST_RULES = 10


def build(case: Case) -> Page:
    """The last page."""
    share = findings.figures(case.main).estimated_share
    title = (
        "Every pound rests on the register’s own figures"
        if share == 0
        else "Every pound rests on a benchmark estimate"
        if share == 1
        else f"{words.share(1 - share)} of the pounds rest on the register’s own figures, the rest on estimates"
    )
    lead = (
        "The plan is the answer of a mixed-integer programme: of all plans that keep the rules of the scenario,"
        " the one"
        " that costs least over the years, so far as it was found. Its bound says how much better any plan"
        " could be."
        " Separate code worked out every figure again from the register’s rows, and the paper was written only"
        " because"
        " both agreed to the penny.",
    )
    tables = [_made(case), *_estimates(case.main)]
    points = tuple(dict.fromkeys(note for option in case.options for note in option.view.notes))
    return Page("method", "Method and data quality", title, lead, tables=tuple(tables), points=points)


def _made(case: Case) -> Table:
    rows = [
        ("Run", *(option.run_id for option in case.options)),
        ("Made on", *(english_date(option) for option in case.options)),
        ("How good it is known to be", *(option.how_good for option in case.options)),
        ("How the bound was found", *(option.plan.bound_method or "–" for option in case.options)),
        ("Solver, seed", *(f"{option.plan.solver}, {option.plan.seed}" for option in case.options)),
        ("Snapshot of the register", *(option.plan.snapshot_digest for option in case.options)),
        ("Scenario", *(option.asked_scenario.digest for option in case.options)),
    ]
    heads = ("", *(english.short(case.label(option), 40) for option in case.options))
    return Table("What each plan was made from", heads, rows)


def english_date(option: Option) -> str:
    """30 November 2026."""
    return f"{option.made_on.day} {option.made_on:%B %Y}"


def _estimates(option: Option) -> list[Table]:
    """The rules that estimated what the register lacks, the one with most first."""
    fills = option.snapshot.estimates
    counts = [(str(rule), int(many)) for rule, many in fills["rule"].value_counts().items() if many]
    if not counts:
        return []
    rows = [(rule.replace("_", " ").capitalize(), f"{many:,}") for rule, many in counts[:_MOST_RULES]]
    rest = len(counts) - len(rows)
    note = f"{english.count(rest, 'more rule')} on sheet Estimates of the workbook." if rest else ""
    return [Table("What was estimated, by rule", ("Rule", "Figures"), rows, frozenset({1}), note)]
