"""Lists of places that offer a service."""

from pathlib import Path

import pytest

from estate.database import Register
from estate.importers._matching import Point, find, similarity
from estate.problems import InputError
from tests.unit.importers.files import LIBRARY, ZONES, bring_in, like_library, only, reasons, register_csv

NAME = "ambridge_libraries.csv"
HEADER = "name,address,postcode,lon,lat\n"
SALE = 'Sale Library,"21 Claremont Road, Sale",M33 7DZ,-2.3204,53.4266\n'


@pytest.fixture
def place(sqlite_register: Register, tmp_path: Path) -> Register:
    bring_in(sqlite_register, tmp_path, "assets.csv", register_csv(LIBRARY))
    return sqlite_register


def test_a_point_becomes_a_team_at_the_property_it_means(place: Register, tmp_path: Path) -> None:
    result = bring_in(place, tmp_path, NAME, HEADER + SALE)

    assert (result.format, result.accepted, result.warnings) == ("service-points", 1, 0)
    team = only(place, "team")
    wanted = {
        "id": "library/sale-library-m33-7dz", "organisation_id": "ambridge-council", "service_id": "library",
        "property_id": "ambridge-council/AC1-B2", "name": "Sale Library", "public_facing": True, "may_move": True,
        "fte": None, "space_amount": None,
    }  # fmt: skip
    assert {name: team[name] for name in wanted} == wanted
    assert only(place, "service")["id"] == "library"
    assert len(place.rows("property")) == 1


def test_a_point_the_register_does_not_know_becomes_a_property(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, NAME, HEADER + "Hale Library,25 Cecil Road,WA15 9NT,-2.345594,53.376032\n")

    row = place.rows("property")[1]
    assert row["id"] == "ambridge-council/hale-library-wa15-9nt"
    assert (row["use"], row["tenure"], row["located_by"], row["status"]) == (
        "library", "unknown", "source", "operational",
    )  # fmt: skip
    assert only(place, "team")["property_id"] == row["id"]


def test_two_points_in_one_house_share_its_property(place: Register, tmp_path: Path) -> None:
    points = (
        "Kelman Practice,Shay Lane,WA15 8NZ,-2.3301,53.3801\nPatel Practice,Shay Lane,WA15 8NZ,-2.3301,53.3801\n"
    )
    bring_in(place, tmp_path, "general_practices.csv", HEADER + points)

    homes = {team["property_id"] for team in place.rows("team")}
    assert homes == {"general-practice/kelman-practice-wa15-8nz"}
    assert {row["id"] for row in place.rows("organisation")} == {"ambridge-council", "general-practice"}


def test_a_doubtful_match_names_both(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "assets.csv", register_csv(like_library(), like_library(AssetCode="AC2")))
    result = bring_in(place, tmp_path, NAME, HEADER + SALE)

    [warning] = reasons(result, "warning")
    assert "taken to be in Sale Library (ambridge-council/AC1-B2)" in warning
    assert "might also be Sale Library (ambridge-council/AC2)" in warning


def test_a_new_property_beside_another_is_told(place: Register, tmp_path: Path) -> None:
    result = bring_in(place, tmp_path, "dentists.csv", HEADER + "Smile,Claremont Road,M33 7XX,-2.32043,53.42662\n")

    [warning] = reasons(result, "warning")
    assert "Sale Library (ambridge-council/AC1-B2) stands in the same spot" in warning


def test_a_team_that_was_moved_by_hand_stays_there(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, NAME, HEADER + SALE)
    depot = like_library(AssetCode="AC2", PropertyName="Depot")
    bring_in(place, tmp_path, "assets.csv", register_csv(like_library(), depot))
    team = only(place, "team")
    header = "id,organisation_id,property_id,name,space_kind"
    moved = f"{header}\n{team['id']},ambridge-council,ambridge-council/AC2,S,desks\n"
    bring_in(place, tmp_path, "team.csv", moved)

    bring_in(place, tmp_path, NAME, HEADER + SALE)

    assert only(place, "team")["property_id"] == "ambridge-council/AC2"
    assert only(place, "team")["space_kind"] == "desks"


def test_points_outside_the_zones_are_taken_in_with_a_warning(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "zones.geojson", ZONES)
    result = bring_in(place, tmp_path, NAME, HEADER + "Far Library,High Street,BL1 1AA,-2.43,53.57\n")

    assert result.accepted == 1
    assert "outside the place" in reasons(result, "warning")[0]


def test_rows_without_a_name_or_twice_the_same_are_rejected(place: Register, tmp_path: Path) -> None:
    result = bring_in(place, tmp_path, NAME, HEADER + SALE + SALE + ",Nowhere,M33 1AA,-2.32,53.42\n")

    assert (result.accepted, result.rejected) == (1, 2)
    assert reasons(result, "rejected") == ["row 2 has the same name and postcode", "it has no name"]


def test_the_service_must_be_known(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "list.csv", HEADER + SALE, service="library")
    with pytest.raises(InputError, match=r"none of the formats.*needs its service"):
        bring_in(place, tmp_path, "list2.csv", HEADER + SALE)
    with pytest.raises(InputError, match=r"there is no such service\. Choose one of .*library"):
        bring_in(place, tmp_path, "list2.csv", HEADER + SALE, service="teashop")
    with pytest.raises(InputError, match="does not tell which service"):
        bring_in(place, tmp_path, "list2.csv", HEADER + SALE, format="service-points")


def test_the_body_must_be_known(sqlite_register: Register, place: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Choose one of ambridge-council"):
        bring_in(place, tmp_path, NAME, HEADER + SALE, organisation="nobody")
    bring_in(place, tmp_path, "organisation.csv", "id,name,kind\nbc,Borchester,county\nac,Ambridge,district\n")
    with pytest.raises(InputError, match="name the council with --organisation"):
        bring_in(place, tmp_path, NAME, HEADER + SALE)
    bring_in(place, tmp_path, NAME, HEADER + SALE, organisation="bc")
    assert only(place, "team")["organisation_id"] == "bc"


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("Sale Library", "Sale Library (Integrated Facility)", True),
        ("Coppice Library", "Coppice Avenue Library", True),
        ("Stretford Children's Centre", "Stretford & Lostock Childrens Centre", True),
        ("Sale Library", "Sale Cemetery", False),
        ("Altrincham", "Altrincham Town Hall", False),
        ("Health Centre", "Community Health Centre", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_their_telling_words(left: str, right: str, alike: bool) -> None:
    assert (similarity(left, right) >= 0.6) == alike


@pytest.mark.parametrize("change", [{"holding": "land"}, {"status": "left"}, {"name": "Former Sale Library"}])
def test_what_cannot_house_a_service_is_never_matched(change: dict[str, str]) -> None:
    row = {"id": "p", "name": "Sale Library", "holding": "building", "status": "operational", "use": "library",
           "postcode": "M33 7DZ", "geometry": None}  # fmt: skip
    point = Point("Sale Library", "", "M33 7DZ", None, "library")

    assert find(point, [row]) is not None
    assert find(point, [{**row, **change}]) is None


def test_what_is_its_building_does_not_move(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "leisure_centres.csv", HEADER + "Move Sale,Broad Road,M33 2AL,-2.3131,53.4281\n")

    assert only(place, "team")["may_move"] is False
