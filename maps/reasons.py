"""Why a property stays or goes and what the other way costs, as `estate explain` worked it out, for its card."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERDICTS = {
    "impossible": "It cannot be otherwise",
    "firm": "Firm",
    "close_call": "A close call",
    "plan_again": "Plan again before it is decided",
    "not_known": "Not known",
}
# How the sentence on the other way begins; those before it repeat what the card has.
_OTHER_WAY = ("The best plan that ", "No plan ")


@dataclass(frozen=True)
class Reason:
    """In words: how firm the decision is, what the other way costs, and what else speaks for the one taken."""

    verdict: str
    otherwise: str
    why: tuple[str, ...]


def of_study(content: Mapping[str, Any] | None) -> dict[str, Reason]:
    """The reasons in a study of kind `explain`, by property; none without a study."""
    properties: Mapping[str, Mapping[str, Any]] = (content or {}).get("properties", {})
    return {key: _reason(one) for key, one in properties.items()}


def _reason(one: Mapping[str, Any]) -> Reason:
    sentences = tuple(one["sentences"])
    at = next((n for n, said in enumerate(sentences) if said.startswith(_OTHER_WAY)), len(sentences))
    asked = ("The scenario asks for it: it is pinned.",) if one["pinned"] else ()
    return Reason(VERDICTS[one["verdict"]], " ".join(sentences[at : at + 1]), (*asked, *sentences[at + 1 :]))
