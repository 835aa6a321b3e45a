"""Where it happens: the plan on a map."""

from maps.pack import english, findings
from maps.pack.case import Case
from maps.pack.pages import Page

ORDER = 30


def build(case: Case) -> Page:
    """The page of the map; the interactive map beside it shows every property by name."""
    option = case.main
    plan = option.plan
    hosts = sum(action.action == "host" for action in plan.properties)
    hubs = sum(action.hub_year is not None for action in plan.properties)
    title = english.sentence(
        findings.what_goes(option),
        f"{english.number(hosts)} {english.verb(hosts, 'takes', 'take')} in teams from elsewhere"
        if hosts
        else "none takes in teams from elsewhere",
        f"{english.number(hubs)} {english.verb(hubs, 'becomes a shared hub', 'become shared hubs')}"
        if hubs
        else "",
    )
    lead = f"The plan decides about {english.count(len(plan.properties), 'property', 'properties')}."
    nowhere = sum(place.at is None for place in option.view.places)
    if nowhere:
        there = "one that has" if nowhere == 1 else f"{english.number(nowhere)} that have"
        lead += f" The map leaves out {there} no known place."
    return Page("map", "Map", title, lead=(lead,), picture="map")
