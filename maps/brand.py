"""How a place's maps and packs look: name, logo, colours, background tiles and boundary, from one small file.

brand.yaml, beside its logo and boundary; every key may be left out:

    name: Mersey Vale One Public Estate
    logo: {file: logo.svg, text: Mersey Vale}
    colours: {header: "#003a5d", accent: "#00a3ad"}
    tiles: {os_maps: Light_3857}      # or {address: "https://.../{z}/{x}/{y}.png", credit: "© ..."}
    boundary: {file: boundary.gpkg, name: Mersey Vale}
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import shapely
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from estate.importers._geo import areas, outline_of
from estate.importers._source import Source
from estate.problems import InputError, Problem
from maps import logos, tiles
from maps.colours import INK, contrast
from maps.logos import Logo
from maps.tiles import Tiles

VARIABLE = "ESTATE_BRAND"
LIKE = "Compare it with docs/maps.md"
LARGEST_FILE, LARGEST_BOUNDARY = 100_000, 50_000_000  # bytes
LEAST_CONTRAST = 3.0  # of lines and large shapes against white: WCAG 2.2, 1.4.11
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]  # pydantic's $ is the very end
Words = Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _LogoFile(_Settings):
    file: Path
    text: Words = ""  # what it says, for those who do not see it


class _Colours(_Settings):
    header: Colour = INK
    accent: Colour = "#1d70b8"


class _TileServer(_Settings):
    address: str = ""
    credit: Words = ""
    os_maps: Literal["Light_3857", "Road_3857", "Outdoor_3857"] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "_TileServer":
        if bool(self.address) == bool(self.os_maps):
            raise ValueError("give either address and credit, or os_maps")
        return self


class _BoundaryFile(_Settings):
    file: Path
    name: Words = "Boundary"


class _File(_Settings):
    name: Words = ""
    logo: _LogoFile | None = None
    colours: _Colours = _Colours()
    tiles: _TileServer | None = None
    boundary: _BoundaryFile | None = None


@dataclass(frozen=True)
class Boundary:
    """An area of the place, EPSG:27700, drawn as a line round it."""

    name: str
    area: shapely.Geometry


@dataclass(frozen=True)
class Brand:
    """A brand read and checked. `header` is the colour of bands behind text, `accent` that of rules; #rrggbb."""

    name: str = ""
    logo: Logo | None = None
    header: str = _Colours().header
    accent: str = _Colours().accent
    tiles: Tiles | None = None
    boundary: Boundary | None = None

    @property
    def header_text(self) -> str:
        """Black or white: which is easier to read on the header."""
        return max((INK, "#ffffff"), key=lambda ink: contrast(ink, self.header))


def read(path: Path | None = None) -> Brand:
    """The brand of a file, else of the one that ESTATE_BRAND names, else a plain one with the environment's tiles.

    Raises InputError naming every fault: a key that is not known, a picture or boundary that cannot be used, an
    accent that does not show on white.
    """
    path = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE, "").strip() else None)
    if path is None:
        return Brand(tiles=tiles.configured())
    asked = _settings(path)
    faults: list[Problem] = []

    def tried(make: Any) -> Any:
        try:
            return make()
        except InputError as fault:
            faults.extend(fault.problems)

    folder = path.parent
    brand = Brand(
        name=asked.name,
        logo=tried(lambda: asked.logo and logos.read(folder / asked.logo.file, asked.logo.text or asked.name)),
        header=asked.colours.header.lower(),
        accent=asked.colours.accent.lower(),
        tiles=tried(lambda: _tiles(asked.tiles)),
        boundary=tried(lambda: asked.boundary and _boundary(folder / asked.boundary.file, asked.boundary.name)),
    )
    if contrast(brand.accent, "#ffffff") < LEAST_CONTRAST:
        reason = f"it hardly shows on white ({contrast(brand.accent, '#ffffff'):.1f} to 1)"
        remedy = f"Choose a darker one, of {LEAST_CONTRAST:g} to 1 or more"
        faults.append(Problem(str(path), reason, remedy, "colours.accent", brand.accent))
    if faults:
        raise InputError(faults)
    return brand


def _settings(path: Path) -> _File:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError.of(str(path), f"it is larger than {LARGEST_FILE:,} bytes", LIKE)
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", "Give the path of a YAML file") from None
    except yaml.YAMLError as fault:
        place = getattr(fault, "problem_mark", None)
        line = f"line {place.line + 1} is not YAML" if place else "it is not YAML"
        raise InputError.of(str(path), line, LIKE) from None
    if content is not None and not isinstance(content, dict):
        raise InputError.of(str(path), "it holds no keys", LIKE)
    try:
        return _File.model_validate(content or {})
    except ValidationError as fault:
        raise InputError([_problem(path, error) for error in fault.errors()]) from None


def _problem(path: Path, error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return Problem(str(path), "there is no such key", f"{LIKE} for the keys there are", key)
    reason = (error["msg"][0].lower() + error["msg"][1:]).removeprefix("value error, ")
    value = "" if isinstance(error["input"], dict) else str(error["input"])[:80]
    return Problem(str(path), reason, LIKE, key, value)


def _tiles(asked: _TileServer | None) -> Tiles | None:
    if asked is None:
        return tiles.configured()
    return tiles.os_maps(asked.os_maps) if asked.os_maps else tiles.checked(asked.address, asked.credit)


def _boundary(path: Path, name: str) -> Boundary:
    """The areas of a file as one. It is read as every import is: by format, within limits, nothing fetched."""
    if path.is_file() and path.stat().st_size > LARGEST_BOUNDARY:
        raise InputError.of(
            str(path), f"it is larger than {LARGEST_BOUNDARY / 1e6:g} MB", "Simplify the boundary first"
        )
    outlines = [outline_of(feature) for feature in areas(Source(path))]
    drawn = [outline for outline in outlines if isinstance(outline, shapely.Geometry)]
    if not drawn or len(drawn) < len(outlines):
        remedy = "Give a GeoPackage or GeoJSON file with the area of the place"
        raise InputError.of(str(path), "it holds no area that can be drawn", remedy)
    return Boundary(name, shapely.union_all(drawn))
