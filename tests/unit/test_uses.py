"""The words that tell what a property is used for."""

import csv

import pytest

import data
from estate.dictionary import columns
from estate.uses import USES_OF_LAND, not_a_building, use_of

CHOICES = {column.name: column.choices for column in columns("property")}["use"]


def test_every_line_of_the_list_means_a_use_of_the_dictionary() -> None:
    with (data.FOLDER / "uses" / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["use"] for row in rows} <= set(CHOICES)
    assert len({row["phrase"] for row in rows}) == len(rows)
    assert set(CHOICES) >= USES_OF_LAND


@pytest.mark.parametrize(
    ("name", "detail", "holding", "use"),
    [
        ("Altrincham Town Hall", "Town Hall", "building", "office"),
        ("Woodsend Library", "", "building", "library"),
        ("Stretford & Lostock Childrens Centre", "", "building", "childrens_centre"),
        ("St Hugh’s Children’s Centre", "", "building", "childrens_centre"),
        ("Lostock Library (In College)", "", "building", "library"),
        ("Broad Lane (Library)", "", "building", "library"),
        ("Templemoor", "School", "land_and_building", "school"),
        ("Former Lostock Library", "", "building", "other"),
        ("49 Park Road North (former Arthurs Gym)", "", "building", "other"),
        ("Land adjoining Flixton Station Car Park", "", "land", "land"),
        ("Cecil Road Car Park", "", "land", "parking"),
        ("Fields adj Barton Clough Primary School", "", "land", "land"),
        ("Sale War Memorial", "Memorial", "land", "memorial"),
        ("Kara House", "", "building", "other"),
    ],
)
def test_words_tell_the_use(name: str, detail: str, holding: str, use: str) -> None:
    assert use_of(name, detail, holding) == use


def test_art_and_regalia_are_no_buildings() -> None:
    assert not_a_building("Mayoral Chain of Office") == "chain of office"
    assert not_a_building("Portrait of Alderman Peel") == "portrait"
    assert not_a_building("Art Gallery") == ""
    assert not_a_building("Benchill Library") == ""
