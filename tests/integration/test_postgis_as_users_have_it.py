"""PostGIS as users have it: an empty database, a login without powers, backups, QGIS, indexes that are used."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa
from typer.testing import CliRunner

import app.cli  # noqa: F401 - its import puts every command on the program
from app.shell import app as program
from estate import access, snapshot
from estate.database import Register, write
from estate.problems import InputError
from estate.tables import metadata
from tests.support import postgis
from tests.support.rows import TOWN_HALL, fill

ROOT = Path(__file__).parents[2]


def filled(url: str) -> Register:
    register = Register.create(url)
    with register.transaction() as connection:
        fill(connection)
    return register


@contextmanager
def empty_database(cluster: postgis.Cluster, name: str) -> Iterator[str]:
    """A database without PostGIS in it."""
    cluster.run("postgres", "CREATE DATABASE {name}", name=name)
    try:
        yield cluster.url(name)
    finally:
        cluster.run("postgres", "DROP DATABASE {name} WITH (FORCE)", name=name)


@contextmanager
def login(cluster: postgis.Cluster, name: str, *grants: str) -> Iterator[str]:
    """A login without powers but those granted; gone at the end, once its databases are."""
    cluster.run("postgres", "CREATE ROLE {name} LOGIN", name=name)
    for statement in grants:
        cluster.run("postgres", statement, name=name)
    try:
        yield name
    finally:
        cluster.run("postgres", "DROP ROLE {name}", name=name)


def address(cluster: postgis.Cluster, who: str, name: str) -> str:
    return cluster.url(name).replace("postgres@", f"{who}@")


def name_of(url: str) -> str:
    return str(sa.make_url(url).database)


@pytest.mark.postgis
def test_init_makes_a_register_in_an_empty_database(postgis_cluster: postgis.Cluster) -> None:
    with empty_database(postgis_cluster, "quite_empty") as url:
        address = url.replace("postgresql://", "postgresql+psycopg://")
        done = CliRunner().invoke(program, ["init", "--database", address])

        assert done.exit_code == 0, done.output
        register = Register.open(url)
        assert register.rows("property") == []
        register.close()


@pytest.mark.postgis
def test_a_login_that_may_not_add_postgis_is_told_what_to_ask_for(postgis_cluster: postgis.Cluster) -> None:
    with login(postgis_cluster, "weak") as who, empty_database(postgis_cluster, "without_postgis") as url:
        postgis_cluster.run("postgres", "ALTER DATABASE {name} OWNER TO {who}", name=name_of(url), who=who)
        with pytest.raises(InputError, match="Ask the server's administrator to run 'CREATE EXTENSION postgis'"):
            Register.create(address(postgis_cluster, who, name_of(url)))


@pytest.fixture
def sites(register: Register) -> Register:
    """5,000 sites a kilometre apart, in a register with a member who is no administrator."""
    places = [shapely.Point(300_000 + n % 100 * 1_000, 300_000 + n // 100 * 1_000) for n in range(5_000)]
    with register.transaction() as connection:
        write(connection, "site", [{"id": f"s{n}", "name": "S", "geometry": p} for n, p in enumerate(places)])
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
    if register.engine.dialect.name == "postgresql":
        with register.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    return register


def test_the_search_for_places_uses_the_index_even_for_a_member_kept_from_some_rows(sites: Register) -> None:
    index = {"sqlite": "ix_site_box", "postgresql": "ix_site_geometry"}[sites.engine.dialect.name]
    member = Register.open(sites.engine.url.render_as_string(hide_password=False), "eve")

    assert index in how_it_is_answered(sites)
    assert index in how_it_is_answered(member)
    member.close()


def how_it_is_answered(register: Register) -> str:
    """What the store says of its way to the places within 2 km."""
    asked = []
    sa.event.listen(register.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    assert len(register.within("site", shapely.Point(350_000, 320_000), 2_000)) == 13
    statement, values = asked[-1]
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[register.engine.dialect.name]
    with register.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"{explain} {statement}", values).all())


@pytest.mark.postgis
def test_a_login_of_ones_own_is_the_member_whatever_it_says(
    postgis_cluster: postgis.Cluster, postgis_url: str
) -> None:
    """A partner who comes by QGIS with a login of their own cannot speak for another."""
    register = filled(postgis_url)
    with register.transaction() as connection:
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
    with login(postgis_cluster, "eve", "GRANT estate_member TO {name}"):
        own = address(postgis_cluster, "eve", name_of(postgis_url))
        as_eve = Register.open(own)
        assert as_eve.rows("valuation") == []
        assert len(as_eve.rows("property")) == 3
        with as_eve.engine.connect() as connection:
            connection.exec_driver_sql("RESET ROLE")
            connection.exec_driver_sql("SET estate.member = 'anna'")
            assert connection.exec_driver_sql("SELECT estate_member(), estate_scope()").one() == ("eve", "public")
            assert connection.exec_driver_sql("SELECT count(*) FROM valuation").scalar_one() == 0
        as_eve.close()
        with pytest.raises(InputError, match="you are signed in as eve"):
            Register.open(own, "anna")
    register.close()


@pytest.mark.postgis
def test_a_program_with_a_login_without_powers_speaks_for_members(
    postgis_cluster: postgis.Cluster, postgis_url: str
) -> None:
    register = filled(postgis_url)
    with register.transaction() as connection:
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
    with login(postgis_cluster, "server", "GRANT estate_app TO {name}"):
        counts = {}
        for member in ("anna", "eve"):
            opened = Register.open(address(postgis_cluster, "server", name_of(postgis_url)), member)
            counts[member] = len(opened.rows("valuation"))
            snapshot.take(opened)
            opened.close()
    register.close()

    assert counts == {"anna": 1, "eve": 0}


@pytest.mark.postgis
def test_the_owner_of_the_tables_is_held_to_the_rules_too(
    postgis_cluster: postgis.Cluster, postgis_url: str
) -> None:
    """The owner is no superuser here: security that is not forced would not bind it."""
    with login(postgis_cluster, "owner", "ALTER ROLE {name} CREATEROLE"):
        name = name_of(postgis_url)
        postgis_cluster.run("postgres", "ALTER DATABASE {db} OWNER TO {who}", db=name, who="owner")
        own = address(postgis_cluster, "owner", name)
        register = filled(own)
        with register.transaction() as connection:
            access.add(connection, "anna", "administrator")
        with register.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM valuation").scalar_one() == 0
        register.close()
        as_anna = Register.open(own, "anna")
        assert len(as_anna.rows("valuation")) == 1
        as_anna.close()
        postgis_cluster.run(name, "REASSIGN OWNED BY {who} TO postgres", who="owner")
        postgis_cluster.run(name, "DROP OWNED BY {who}", who="owner")


@pytest.mark.postgis
def test_a_backup_by_the_page_restores_the_same_register(
    postgis_cluster: postgis.Cluster, postgis_url: str, tmp_path: Path
) -> None:
    """The commands are those of docs/postgis.md, word for word but for the addresses."""
    register = filled(postgis_url)
    with register.transaction() as connection:
        access.add(connection, "anna", "administrator")
    taken = snapshot.take(register)
    register.close()
    page = (ROOT / "docs" / "postgis.md").read_text(encoding="utf-8")
    (dump,), (restore,) = re.findall(r"^pg_dump .*$", page, re.M), re.findall(r"^pg_restore .*$", page, re.M)
    programs = postgis.programs()
    assert programs is not None
    with empty_database(postgis_cluster, "restored") as url:
        for line, where in ((dump, postgis_url), (restore, url)):
            words = line.replace("estate.dump", str(tmp_path / "estate.dump")).replace("ADDRESS", where).split()
            done = subprocess.run([programs / words[0], *words[1:]], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        again = Register.open(url, "anna")
        assert snapshot.take(again).digest == snapshot.load(again, taken.digest).digest == taken.digest
        with again.engine.connect() as connection:
            forced = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
            assert connection.exec_driver_sql(forced).scalar_one() == len(metadata.tables)
        again.close()


@pytest.mark.postgis
def test_qgis_finds_properties_with_names_and_flags(postgis_url: str) -> None:
    register = filled(postgis_url)
    with register.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, organisation, site, floor_area_missing, place_missing,"
            " ST_SRID(geometry), ST_AsText(geometry)"
            ' FROM property_for_qgis ORDER BY id COLLATE "C"'
        ).all()
        known = connection.exec_driver_sql(
            "SELECT type, srid FROM geometry_columns WHERE f_table_name = 'property_for_qgis'"
        ).one()
    register.close()

    assert known == ("GEOMETRY", 27700)
    assert [row[:5] for row in rows] == [
        ("AC-3", "Ambridge Council", None, True, True),
        ("ac-1", "Ambridge Council", None, False, False),
        ("ac-2", "Ambridge Council", "Town centre", True, False),
    ]
    assert rows[1][5:] == (27700, TOWN_HALL.wkt.replace("POINT (", "POINT("))
