"""What every command shares: the program itself, common options, the open register, plain data out, Ctrl-C."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, Any

import platformdirs
import typer

from estate.database import Register

DONE, FAILED, BAD_INPUT, INFEASIBLE, NO_PLAN = range(5)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="One register of a place's public buildings, and the plan that saves most within people's reach.",
)


# Who the command is run as; every command's register is opened as them.
_member: ContextVar[str | None] = ContextVar("member", default=None)


@app.callback()
def _every_command(
    member: Annotated[
        str | None,
        typer.Option("--as", envvar="ESTATE_MEMBER", metavar="MEMBER", help="Who you are, where it has members."),
    ] = None,
) -> None:
    """One register of a place's public buildings, and the plan that saves most within people's reach."""
    _member.set(member or None)


Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="ESTATE_DATABASE_URL",
        help="Address of the register: sqlite:///estate.db or postgresql://user@host/name.",
        show_default="sqlite:///estate.db",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print plain data for a machine.")]


@contextmanager
def open_register(database: str | None, create: bool = False) -> Iterator[Register]:
    """The register at an address, opened as the member of `estate --as`, closed at the end."""
    register = Register.create(database) if create else Register.open(database, _member.get())
    try:
        yield register
    finally:
        register.close()


def work_folder() -> Path:
    """Where this user's unfinished plans are kept, for runs that are killed to go on from: the system's cache."""
    return platformdirs.user_cache_path("estate-optimiser") / "plans"


@contextmanager
def stopper() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; the second ends the program as usual."""
    stop = Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def print_json(content: Any) -> None:
    """Write plain data for a machine, and nothing else, to standard output."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
