"""Commands on those who share a register: add, list and remove its members."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app import screen
from app.shell import Database, Json, app, open_register, print_json
from estate import access

group = typer.Typer(no_args_is_help=True, help="Who may see and change what in a register that bodies share.")
app.add_typer(group, name="member")
Member = Annotated[str, typer.Argument(help="Name that the member signs in with.")]


@group.command("add")
def add(
    member: Member,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(access.ROLES)}.")] = "viewer",
    organisation: Annotated[str, typer.Option(help="Body whose confidential figures the member sees.")] = "",
    database: Database = None,
) -> None:
    """Add a member, or give one another role. The first must be an administrator.

    Example: [bold]estate --as anna member add bob --role editor --organisation E07000001[/bold]
    """
    with open_register(database) as register, register.transaction() as connection:
        access.add(connection, member, role, organisation)
    screen.out.print(f"{escape(member)} is now {role}{f' of {escape(organisation)}' if organisation else ''}.")


@group.command("list")
def members(database: Database = None, as_json: Json = False) -> None:
    """List the members and what each may do.

    Example: [bold]estate --as anna member list[/bold]
    """
    with open_register(database) as register, register.reading() as connection:
        found = access.members(connection)
    if as_json:
        print_json(found)
        return
    table = Table("Member", "Role", "Organisation")
    for row in found:
        table.add_row(*(escape(row[name] or "") for name in ("id", "role", "organisation_id")))
    screen.out.print(table if found else "No members: everything is open to whoever holds this register.")


@group.command("remove")
def remove(member: Member, database: Database = None) -> None:
    """Remove a member. What they brought in stays.

    Example: [bold]estate --as anna member remove bob[/bold]
    """
    with open_register(database) as register, register.transaction() as connection:
        access.remove(connection, member)
    screen.out.print(f"{escape(member)} is no longer a member.")
