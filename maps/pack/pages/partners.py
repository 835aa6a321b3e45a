"""Who wins and who loses: each partner's position over the years of the plan."""

from maps import charts, words
from maps.pack import english, findings
from maps.pack.case import Case
from maps.pack.pages import Page

ORDER = 60


def build(case: Case) -> Page | None:
    """The page of the partners; none for a plan without their positions."""
    option = case.main
    if not option.plan.partners:
        return None
    names = option.snapshot.organisations["name"].to_dict()
    worse = sorted(
        (one for one in option.plan.partners if findings.better_off_gbp(one) < -0.5), key=findings.better_off_gbp
    )
    lead = [
        "A partner’s position is the present value of all that its estate costs it over the years of the plan,"
        " against"
        " keeping today’s: running costs, rent, moves, charges for space that it uses of others, less its"
        " receipts."
    ]
    if worse:
        by = [
            f"{names.get(one.organisation_id, one.organisation_id)} by"
            f" {words.pounds(-findings.better_off_gbp(one))}"
            for one in worse
        ]
        lead.append(f"Worse off: {english.listed(by, 6)}.")
    return Page(
        "partners", "Partners", english.sentence(findings.who_gains(option.plan)), lead=tuple(lead),
        charts=charts.build_all(case, "partners"),
    )  # fmt: skip
