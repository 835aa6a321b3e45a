"""Which property of the register a row of a newer file means: by code, UPRN, name and postcode, or asked."""

from pathlib import Path

import pytest

from estate.database import Register
from estate.importers import ImportResult, read_answers
from estate.problems import InputError
from tests.unit.importers.files import bring_in, like_library, only, reasons, register_csv

KEY = "ambridge-council/AC1-B2"


def after_library(register: Register, folder: Path, *rows: str, **options: object) -> ImportResult:
    bring_in(register, folder, "first.csv", register_csv(like_library()))
    return bring_in(register, folder, "second.csv", register_csv(*rows), **options)


def test_the_same_code_is_the_same_property_whatever_else_changed(register: Register, tmp_path: Path) -> None:
    result = after_library(register, tmp_path, like_library(PropertyName="Sale Hub", UPRN="7", PostCode="M1 1AA"))

    assert (only(register, "property")["id"], result.warnings) == (KEY, 0)


def test_a_new_code_with_the_same_uprn_is_matched_and_said(register: Register, tmp_path: Path) -> None:
    result = after_library(register, tmp_path, like_library(AssetCode="N1", PropertyName="Sale Hub"))

    assert reasons(result, "warning") == [
        "it was taken for 'Sale Library' (AC1/B2) of the register, with the same UPRN, which this file lacks"
    ]
    row = only(register, "property")
    assert (row["id"], row["name"], row["asset_code"]) == (KEY, "Sale Hub", "N1")
    later = bring_in(register, tmp_path, "third.csv", register_csv(like_library(AssetCode="N1", UPRN="")))
    assert (only(register, "property")["id"], later.warnings) == (KEY, 0)


def test_without_a_uprn_name_and_full_postcode_tell(register: Register, tmp_path: Path) -> None:
    result = after_library(register, tmp_path, like_library(AssetCode="N1", UPRN="", PropertyName="SALE  library"))

    assert "with the same name and postcode" in reasons(result, "warning")[0]
    assert only(register, "property")["id"] == KEY


@pytest.mark.parametrize("row", [
    {"UPRN": "", "PostCode": "M33"},
    {"UPRN": "", "PropertyName": "Barn"},
    {"OrganisationLabel": "Borsetshire"},
])  # fmt: skip
def test_too_little_in_common_is_a_new_property(register: Register, tmp_path: Path, row: dict[str, str]) -> None:
    after_library(register, tmp_path, like_library(AssetCode="N1", **row))

    assert len(register.rows("property")) == 2


def test_a_property_that_another_row_names_by_code_is_not_taken(register: Register, tmp_path: Path) -> None:
    after_library(register, tmp_path, like_library(), like_library(AssetCode="N1"))

    assert len(register.rows("property")) == 2


GARAGES = [like_library(AssetCode=code, PropertyName="Garage", UPRN="") for code in ("G1", "G2")]
NEWER = like_library(AssetCode="N1", PropertyName="Garage", UPRN="")


def test_several_that_could_be_meant_are_asked(register: Register, tmp_path: Path) -> None:
    bring_in(register, tmp_path, "first.csv", register_csv(*GARAGES))

    result = bring_in(register, tmp_path, "second.csv", register_csv(NEWER))

    [note] = result.rejections
    assert note.problem.reason == (
        "it could be 'Garage' (G1) or 'Garage' (G2) of the register, with the same name and postcode"
    )
    assert "--matches: ambridge-council/N1,ambridge-council/G1 or ambridge-council/N1,new" in note.problem.remedy


def test_two_rows_that_could_be_one_property_are_both_asked(register: Register, tmp_path: Path) -> None:
    other = like_library(AssetCode="N2", PropertyName="Garage", UPRN="")
    bring_in(register, tmp_path, "first.csv", register_csv(GARAGES[0]))

    result = bring_in(register, tmp_path, "second.csv", register_csv(NEWER, other))

    assert [reason[:42] for reason in reasons(result, "rejected")] == [
        "2 rows of this file could each be 'Garage'"
    ] * 2


@pytest.mark.parametrize(
    ("answer", "ids"),
    [("ambridge-council/G2", ["G1", "G2"]), ("new", ["G1", "G2", "N1"])],
)
def test_an_answer_is_taken(register: Register, tmp_path: Path, answer: str, ids: list[str]) -> None:
    answers = tmp_path / "matches.csv"
    answers.write_text(f"record,property_id\nambridge-council/N1,{answer}\n")
    bring_in(register, tmp_path, "first.csv", register_csv(*GARAGES))

    result = bring_in(register, tmp_path, "second.csv", register_csv(NEWER), matches=read_answers(answers))

    assert result.accepted == 1
    assert [row["id"] for row in register.rows("property")] == [f"ambridge-council/{key}" for key in ids]


def test_an_answer_that_is_no_property_is_refused(register: Register, tmp_path: Path) -> None:
    result = after_library(
        register, tmp_path, like_library(AssetCode="N1"), matches=((f"{KEY[:-6]}N1", "elsewhere"),)
    )

    assert reasons(result, "rejected") == ["its answer 'elsewhere' is no property of its body in the register"]


@pytest.mark.parametrize("text", ["record\na\n", "record,property_id\na,\n", "record,property_id\na,b\na,c\n"])
def test_answers_that_say_nothing_or_twice_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "matches.csv"
    path.write_text(text)

    with pytest.raises(InputError):
        read_answers(path)
