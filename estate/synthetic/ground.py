"""The ground of the synthetic place: outline, towns, demand zones and names, on the British National Grid."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import shapely
import yaml
from numpy.typing import NDArray
from scipy.spatial import KDTree

import data
from estate.problems import InputError

Points = NDArray[np.float64]
Row = dict[str, Any]

_ORIGIN_M = (400_000.0, 250_000.0)
_GRID_EAST_M = 690_000.0  # the National Grid ends at 700 km; a place that would reach it begins further west
_FULL_SIZE = 3_000  # properties of a place of 100 x 60 km
_WIDTH_M, _HEIGHT_M = 100_000.0, 60_000.0
_TOWNS = 14  # at full size
_VILLAGES_PER_TOWN = 5
_RURAL_SHARE = 0.3


@dataclass(frozen=True)
class Ground:
    """Outline in EPSG:27700; centres of towns with their share of people; and of villages, in metres.

    `names` are those of the towns, then those of the villages and suburbs.
    """

    outline: shapely.Polygon
    towns: Points
    weights: NDArray[np.float64]
    villages: Points
    names: tuple[str, ...]

    def points(self, dice: np.random.Generator, count: int, town_spread_m: float) -> Points:
        """`count` places to the metre inside the outline: most about a town, the rest anywhere."""
        found = np.empty((0, 2))
        west, south, east, north = self.outline.bounds
        while len(found) < count:
            town = dice.choice(len(self.towns), count, p=self.weights)
            drawn = self.towns[town] + dice.normal(0, town_spread_m, (count, 2))
            anywhere = dice.random(count) < _RURAL_SHARE
            drawn[anywhere] = dice.uniform((west, south), (east, north), (count, 2))[anywhere]
            drawn = np.round(drawn)
            found = np.vstack([found, drawn[shapely.contains_xy(self.outline, drawn)]])
        return found[:count]

    def nearest_town(self, points: Points) -> NDArray[np.int64]:
        """Index of the nearest town to each point."""
        return np.asarray(KDTree(self.towns).query(points)[1], dtype=np.int64)

    def nearest_name(self, points: Points) -> list[str]:
        """Name of the town or village nearest to each point."""
        centres = np.vstack([self.towns, self.villages])
        return [self.names[index] for index in KDTree(centres).query(points)[1]]

    def km_to_town(self, points: Points) -> NDArray[np.float64]:
        """Distance to the nearest town, km."""
        return np.asarray(KDTree(self.towns).query(points)[0] / 1000)


@cache
def words() -> dict[str, Any]:
    """The words of names, from data/demo/names.yaml."""
    found: dict[str, Any] = yaml.safe_load((data.FOLDER / "demo" / "names.yaml").read_text(encoding="utf-8"))
    return found


def make_ground(dice: np.random.Generator, properties: int) -> Ground:
    """A county whose area goes with the number of properties, so that they lie as close as in a real one."""
    scale = (properties / _FULL_SIZE) ** 0.5
    outline = _outline(dice, _WIDTH_M * scale, _HEIGHT_M * scale)
    count = max(3, round(_TOWNS * scale**2))
    towns = _apart(dice, outline, count)
    weights = dice.dirichlet(np.full(count, 2.0))
    ground = Ground(outline, towns, weights, np.empty((0, 2)), _town_names(dice, count * (1 + _VILLAGES_PER_TOWN)))
    return replace(ground, villages=ground.points(dice, count * _VILLAGES_PER_TOWN, 4_000))


def _outline(dice: np.random.Generator, width_m: float, height_m: float) -> shapely.Polygon:
    """A rounded box with a ragged edge, as counties have."""
    angles = np.arange(120) * (2 * np.pi / 120)
    cosine, sine = np.cos(angles), np.sin(angles)
    box = (np.abs(cosine) ** 3 + np.abs(sine) ** 3) ** (-1 / 3)
    ragged = np.ones(120)
    for wave in (2, 3, 5, 8, 13):
        ragged += dice.uniform(0.01, 0.05) * np.cos(wave * angles + dice.uniform(0, 2 * np.pi))
    radius = box * ragged / (box * ragged).max()
    x = min(_ORIGIN_M[0], _GRID_EAST_M - width_m) + width_m / 2 * (1 + radius * cosine)
    y = _ORIGIN_M[1] + height_m / 2 * (1 + radius * sine)
    return shapely.Polygon(np.round(np.column_stack([x, y])))


def _apart(dice: np.random.Generator, outline: shapely.Polygon, count: int) -> Points:
    """Town centres inside the outline, as far apart as a few draws for each allow."""
    west, south, east, north = outline.bounds
    towns = np.empty((0, 2))
    inner = outline.buffer(-0.05 * (north - south))
    while len(towns) < count:
        drawn = np.round(dice.uniform((west, south), (east, north), (40, 2)))
        drawn = drawn[shapely.contains_xy(inner, drawn)]
        if not len(drawn):
            continue
        if len(towns):
            gaps = np.hypot(*(drawn[:, None, :] - towns[None, :, :]).transpose(2, 0, 1)).min(axis=1)
            drawn = drawn[[gaps[:5].argmax()]]
        towns = np.vstack([towns, drawn[:1]])
    return towns


def _town_names(dice: np.random.Generator, count: int) -> tuple[str, ...]:
    joined = [first + last for first in words()["town_beginnings"] for last in words()["town_endings"]]
    villages = [f"{prefix} {name}" for prefix in words()["villages"] for name in joined]
    order = [joined[i] for i in dice.permutation(len(joined))] + villages
    return tuple(order[:count])


def zone_rows(dice: np.random.Generator, ground: Ground, count: int, people: float) -> list[Row]:
    """Demand zones that tile the place, with people by age, deprivation and car ownership."""
    centres = _distinct(ground.points(dice, 2 * count + 20, 4_000), count)
    tiles = _tiles(centres, ground.outline)
    rural = np.clip(ground.km_to_town(centres) / 12, 0, 1)
    population = np.round(people / count * dice.uniform(0.65, 1.35, count))
    young = np.round(population * np.clip(dice.normal(0.19 - 0.03 * rural, 0.025), 0.08, 0.32))
    old = np.round(population * np.clip(dice.normal(0.15 + 0.12 * rural, 0.03), 0.05, 0.45))
    hardship = (1 - rural) * dice.uniform(0.2, 1, count) + dice.normal(0, 0.25, count)
    ranks = np.argsort(np.argsort(-hardship, kind="stable"), kind="stable")
    decile = 1 + (10 * ranks) // count
    households = np.round(population / dice.uniform(2.2, 2.5, count))
    no_car = np.round(
        households * np.clip(0.36 - 0.03 * decile - 0.1 * rural + dice.normal(0, 0.03, count), 0.02, 0.6)
    )
    return [
        {
            "id": f"Z{index + 1:05d}",
            "name": f"{name} {index + 1:03d}",
            "geometry": tiles[index],
            "centre_easting_m": float(centres[index, 0]),
            "centre_northing_m": float(centres[index, 1]),
            "population": int(population[index]),
            "population_0_15": int(young[index]),
            "population_16_64": int(population[index] - young[index] - old[index]),
            "population_65_plus": int(old[index]),
            "deprivation_decile": int(decile[index]),
            "households": int(households[index]),
            "households_no_car": int(no_car[index]),
        }
        for index, name in enumerate(ground.nearest_name(centres))
    ]


def _distinct(points: Points, count: int) -> Points:
    """The first `count` points, one in each square of 100 m: nearer ones would make slivers of zones."""
    kept: dict[tuple[int, int], Points] = {}
    for point in points:
        kept.setdefault((int(point[0] // 100), int(point[1] // 100)), point)
    if len(kept) < count:
        raise InputError.of(
            "--zones",
            "the place is too small for so many zones",
            "Ask for fewer zones or more properties",
            value=str(count),
        )
    return np.array(list(kept.values())[:count])


def _tiles(centres: Points, outline: shapely.Polygon) -> list[shapely.Geometry]:
    """The Voronoi cell of each centre inside the outline, corners to the metre."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=outline.buffer(1_000))
    )
    centre, cell = shapely.STRtree(cells).query(shapely.points(centres), predicate="intersects")
    owner = dict(zip(centre.tolist(), cell.tolist(), strict=True))
    clipped = shapely.intersection(cells[[owner[index] for index in range(len(centres))]], outline)
    return list(shapely.normalize(shapely.set_precision(clipped, 1.0)))
