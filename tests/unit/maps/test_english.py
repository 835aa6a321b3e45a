"""Counts and lists as sentences say them, for none, one and many."""

import pytest

from maps.pack import english


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "no buildings"), (1, "one building"), (12, "twelve buildings"), (1300, "1,300 buildings")],
)
def test_counts_are_words_up_to_twelve(count: int, said: str) -> None:
    assert english.count(count, "building") == said


def test_the_plural_may_be_another_word() -> None:
    assert english.count(2, "property", "properties") == "two properties"
    assert [english.people(many) for many in (0, 1, 2)] == ["nobody", "one person", "two people"]


def test_what_does_not_fit_a_list_is_counted() -> None:
    assert english.listed(["a"]) == "a"
    assert english.listed(["a", "b", "c"]) == "a, b and c"
    assert english.listed(["a", "b", "c", "d"], most=2) == "a, b and two others"
    assert english.listed([]) == ""


def test_a_sentence_leaves_out_what_is_blank() -> None:
    assert (
        english.sentence("", "twelve buildings go", "", "nobody loses") == "Twelve buildings go and nobody loses"
    )


def test_a_long_name_is_cut_and_lines_become_one() -> None:
    assert english.short("a\nb\t c") == "a b c"
    assert english.short("abcdefghij", 5) == "abcd…"
