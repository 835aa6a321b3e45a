"""What the map shows, in words, for those who cannot see it or have no time to look."""

from collections.abc import Iterator

from maps import words
from maps.land import Site
from maps.view import Flow, Place, Service, View

MOST_NAMED = 5


def of(view: View) -> tuple[str, ...]:
    """Sentences in the order of the map's layers; none for a scenario without a plan."""
    return tuple(_sentences(view)) if view.plan.figures else ()


def _sentences(view: View) -> Iterator[str]:
    yield _actions(view.places)
    hubs = [place for place in view.places if place.hub_year is not None]
    if hubs:
        yield _hubs(hubs)
    if view.flows:
        yield _moves(view.flows)
    sold = [place for place in view.places if place.receipt_gbp]
    if sold:
        yield _receipts(sold)
    freed = [site for site in view.sites if site.year is not None]
    if freed:
        yield _land(freed)
    for service in view.services:
        yield _reach(service, view)


def _actions(places: tuple[Place, ...]) -> str:
    decided = [place for place in places if place.action != "outside"]
    left = [place for place in decided if place.action == "leave"]
    bodies = len({place.organisation.id for place in decided})
    years = sorted({place.year for place in left if place.year is not None})
    when = "" if not years else f", in {words.financial_year(years[0])}"
    if len(years) > 1:
        when = f", from {words.financial_year(years[0])} to {words.financial_year(years[-1])}"
    hosts = sum(place.action == "host" for place in decided)
    return (
        f"The plan decides on {_count(len(decided), 'property', 'properties')} of"
        f" {_count(bodies, 'body', 'bodies')}. It leaves {len(left):,}{when}, and sells"
        f" {sum(place.sold for place in left):,} of them. {hosts:,} of those kept take in teams."
    )


def _hubs(hubs: list[Place]) -> str:
    told = [
        f"{place.name} from {words.financial_year(place.hub_year)}, shared by"
        f" {_listed([body.name for body in place.partners])}"
        for place in hubs[:MOST_NAMED]
    ]
    become = _count(len(hubs), "building becomes a shared hub", "buildings become shared hubs")
    return f"{become}: {_some(told, len(hubs))}."


def _moves(flows: tuple[Flow, ...]) -> str:
    largest = sorted(flows, key=lambda flow: -flow.fte)[:3]
    told = [f"{flow.start.name} to {flow.end.name} ({flow.fte:,.0f} people)" for flow in largest]
    return f"Teams move along {_count(len(flows), 'way', 'ways')}; the largest: {'; '.join(told)}."


def _receipts(sold: list[Place]) -> str:
    largest = sorted(sold, key=lambda place: -(place.receipt_gbp or 0.0))[:3]
    told = [f"{place.name} ({words.pounds(place.receipt_gbp)})" for place in largest]
    total = words.pounds(sum(place.receipt_gbp or 0.0 for place in sold))
    return f"Sales and transfers bring {total}; the largest: {'; '.join(told)}."


def _land(freed: list[Site]) -> str:
    known = [site for site in freed if site.homes is not None]
    given = f"{_count(len(freed), 'freehold site is', 'freehold sites are')} given up whole"
    if not known:
        return f"{given}; no area is recorded."
    homes = sum(site.homes or 0.0 for site in known)
    return f"{given}. Those of known size, {len(known):,}, have room for about {homes:,.0f} homes: an indication."


def _reach(service: Service, view: View) -> str:
    known = [(zone, service.zones[zone.id]) for zone in view.zones if zone.id in service.zones]
    lost = [(zone, reach) for zone, reach in known if reach.reached_today and not reach.reached_after]
    gained = [reach for _, reach in known if reach.reached_after and not reach.reached_today]
    said = (
        f"{service.name}: {words.share(service.today)} of people are within {service.standard} today and"
        f" {words.share(service.after)} after."
    )
    if not known:
        return said
    if not lost and not gained:
        return f"{said} No zone loses or gains."
    names = [zone.name for zone, _ in sorted(lost, key=lambda pair: -pair[1].population)]
    losing = f"{_people(lost_reach.population for _, lost_reach in lost)} lose it" if lost else "Nobody loses it"
    where = f" ({_some(names[:MOST_NAMED], len(names))})" if lost else ""
    return (
        f"{said} {losing}{where}; {_people(reach.population for reach in gained) if gained else 'nobody'} gain it."
    )


def _people(populations: Iterator[float]) -> str:
    return f"{sum(populations):,.0f} people"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nobody yet"


def _some(told: list[str], of: int) -> str:
    more = of - len(told)
    return "; ".join(told) + (f"; and {more:,} more" if more else "")
