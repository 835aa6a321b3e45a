"""Faults in what the user gave us, each naming the record, the value, the reason and the remedy."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault in the user's words."""

    record: str
    reason: str
    remedy: str
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        where = f"{self.record}, {self.column}" if self.column else self.record
        what = f" has {self.value!r}" if self.value else ""
        return f"{where}{what}: {self.reason}. {self.remedy}."


class InputError(Exception):
    """Input that cannot be used. Faults are collected and raised once; nothing has been changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, record: str, reason: str, remedy: str, column: str = "", value: str = "") -> "InputError":
        """The error of a single fault."""
        return cls([Problem(record, reason, remedy, column, value)])
