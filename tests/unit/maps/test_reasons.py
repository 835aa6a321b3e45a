"""A card says why in the words that were worked out, and repeats none of its own figures."""

from typing import Any

import pytest

from maps import reasons
from maps.reasons import Reason

ONE: dict[str, Any] = {
    "verdict": "firm",
    "pinned": False,
    "sentences": [
        "The plan leaves Sale Library (Trafford Council).",
        "It costs £64,000 a year to run.",
        "The best plan that keeps it costs between £1,000 and £2,000 more over 10 years (present value).",
        "That plan also keeps Depot.",
    ],
}


def test_the_sentences_from_the_other_way_on_are_told() -> None:
    told = reasons.of_study({"properties": {"p1": ONE}})
    assert told == {"p1": Reason("Firm", ONE["sentences"][2], ("That plan also keeps Depot.",))}


def test_what_cannot_be_otherwise_or_is_pinned_says_so() -> None:
    one = {
        **ONE,
        "verdict": "impossible",
        "pinned": True,
        "sentences": [*ONE["sentences"][:2], "No plan keeps it."],
    }
    told = reasons.of_study({"properties": {"p1": one}})["p1"]
    assert told == Reason(
        "It cannot be otherwise", "No plan keeps it.", ("The scenario asks for it: it is pinned.",)
    )


@pytest.mark.parametrize("content", [None, {}, {"properties": {}}])
def test_without_a_study_there_are_none(content: Any) -> None:
    assert reasons.of_study(content) == {}
