"""First version of the register.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

from estate.geometry_column import GeometryColumn

revision = "0001"
down_revision = None

PLACES = ("site", "property", "zone")
BOX = ["min_easting_m", "min_northing_m", "max_easting_m", "max_northing_m"]


def upgrade() -> None:
    postgis = op.get_bind().dialect.name == "postgresql"
    if postgis:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("mended", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
    )
    op.create_table(
        "import_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("import_batch_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_import_note_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_note"),
    )
    op.create_index("ix_import_note_import_batch_id", "import_note", ["import_batch_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_organisation_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_index("ix_organisation_import_batch_id", "organisation", ["import_batch_id"], unique=False)
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("import_batch_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_rejected_row_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_row"),
    )
    op.create_index("ix_rejected_row_import_batch_id", "rejected_row", ["import_batch_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("run_by", sa.Text(), nullable=True),
        sa.Column("objective_gbp_k", sa.Double(), nullable=True),
        sa.Column("bound_gbp_k", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("solver", sa.Text(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_run_scenario_id"),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name="fk_run_snapshot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_scenario_id", "run", ["scenario_id"], unique=False)
    op.create_index("ix_run_snapshot_id", "run", ["snapshot_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("share_of_population", sa.Double(), nullable=False),
        sa.Column("worst_case_minutes", sa.Double(), nullable=True),
        sa.Column("standard_source", sa.Text(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_service_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_service"),
    )
    op.create_index("ix_service_import_batch_id", "service", ["import_batch_id"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geometry", GeometryColumn(), nullable=True),
        sa.Column("planning_notes", sa.Text(), nullable=True),
        sa.Column("homes_capacity", sa.BigInteger(), nullable=True),
        sa.Column("best_alternative_use", sa.Text(), nullable=True),
        sa.Column("min_easting_m", sa.Double(), nullable=True),
        sa.Column("min_northing_m", sa.Double(), nullable=True),
        sa.Column("max_easting_m", sa.Double(), nullable=True),
        sa.Column("max_northing_m", sa.Double(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_site_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index("ix_site_import_batch_id", "site", ["import_batch_id"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("geometry", GeometryColumn(), nullable=False),
        sa.Column("centre_easting_m", sa.Double(), nullable=True),
        sa.Column("centre_northing_m", sa.Double(), nullable=True),
        sa.Column("population", sa.BigInteger(), nullable=True),
        sa.Column("population_0_15", sa.BigInteger(), nullable=True),
        sa.Column("population_16_64", sa.BigInteger(), nullable=True),
        sa.Column("population_65_plus", sa.BigInteger(), nullable=True),
        sa.Column("deprivation_decile", sa.BigInteger(), nullable=True),
        sa.Column("households", sa.BigInteger(), nullable=True),
        sa.Column("households_no_car", sa.BigInteger(), nullable=True),
        sa.Column("min_easting_m", sa.Double(), nullable=True),
        sa.Column("min_northing_m", sa.Double(), nullable=True),
        sa.Column("max_easting_m", sa.Double(), nullable=True),
        sa.Column("max_northing_m", sa.Double(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_zone_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_zone"),
    )
    op.create_index("ix_zone_import_batch_id", "zone", ["import_batch_id"], unique=False)
    op.create_table(
        "action",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("gbp", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_action_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_action"),
    )
    op.create_index("ix_action_run_id", "action", ["run_id"], unique=False)
    op.create_table(
        "funding_stream",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("gbp", sa.Double(), nullable=False),
        sa.Column("eligible_spend", sa.Text(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batch.id"], name="fk_funding_stream_import_batch_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_funding_stream_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_funding_stream"),
    )
    op.create_index("ix_funding_stream_import_batch_id", "funding_stream", ["import_batch_id"], unique=False)
    op.create_index("ix_funding_stream_organisation_id", "funding_stream", ["organisation_id"], unique=False)
    op.create_table(
        "property",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("asset_code", sa.Text(), nullable=True),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("geometry", GeometryColumn(), nullable=True),
        sa.Column("located_by", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("tenure", sa.Text(), nullable=True),
        sa.Column("tenure_detail", sa.Text(), nullable=True),
        sa.Column("holding", sa.Text(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("floor_area_basis", sa.Text(), nullable=True),
        sa.Column("land_area_ha", sa.Double(), nullable=True),
        sa.Column("year_built", sa.BigInteger(), nullable=True),
        sa.Column("condition_grade", sa.Text(), nullable=True),
        sa.Column("energy_rating", sa.Text(), nullable=True),
        sa.Column("energy_kwh_per_year", sa.Double(), nullable=True),
        sa.Column("listed", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("min_easting_m", sa.Double(), nullable=True),
        sa.Column("min_northing_m", sa.Double(), nullable=True),
        sa.Column("max_easting_m", sa.Double(), nullable=True),
        sa.Column("max_northing_m", sa.Double(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_property_import_batch_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_property_organisation_id"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_property_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_property"),
    )
    op.create_index("ix_property_import_batch_id", "property", ["import_batch_id"], unique=False)
    op.create_index("ix_property_organisation_id", "property", ["organisation_id"], unique=False)
    op.create_index("ix_property_site_id", "property", ["site_id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("break_dates", sa.Text(), nullable=True),
        sa.Column("notice_months", sa.BigInteger(), nullable=True),
        sa.Column("rent_gbp_per_year", sa.Double(), nullable=True),
        sa.Column("repair_liability", sa.Text(), nullable=True),
        sa.Column("exit_cost_gbp", sa.Double(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_lease_import_batch_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_lease_property_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lease"),
    )
    op.create_index("ix_lease_import_batch_id", "lease", ["import_batch_id"], unique=False)
    op.create_index("ix_lease_property_id", "lease", ["property_id"], unique=False)
    op.create_table(
        "running_cost",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("gbp_per_year", sa.Double(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("price_year", sa.BigInteger(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_running_cost_import_batch_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_running_cost_property_id"),
        sa.PrimaryKeyConstraint("id", name="pk_running_cost"),
    )
    op.create_index("ix_running_cost_import_batch_id", "running_cost", ["import_batch_id"], unique=False)
    op.create_index("ix_running_cost_property_id", "running_cost", ["property_id"], unique=False)
    op.create_table(
        "space",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_space_import_batch_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_space_property_id"),
        sa.PrimaryKeyConstraint("id", name="pk_space"),
    )
    op.create_index("ix_space_import_batch_id", "space", ["import_batch_id"], unique=False)
    op.create_index("ix_space_property_id", "space", ["property_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("fte", sa.Double(), nullable=True),
        sa.Column("space_kind", sa.Text(), nullable=False),
        sa.Column("space_amount", sa.Double(), nullable=True),
        sa.Column("public_facing", sa.Boolean(), nullable=True),
        sa.Column("may_move", sa.Boolean(), nullable=True),
        sa.Column("max_move_km", sa.Double(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_team_import_batch_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_team_organisation_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_team_property_id"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_team_service_id"),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
    )
    op.create_index("ix_team_import_batch_id", "team", ["import_batch_id"], unique=False)
    op.create_index("ix_team_organisation_id", "team", ["organisation_id"], unique=False)
    op.create_index("ix_team_property_id", "team", ["property_id"], unique=False)
    op.create_index("ix_team_service_id", "team", ["service_id"], unique=False)
    op.create_table(
        "travel_time",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("network_version", sa.Text(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_travel_time_import_batch_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_travel_time_property_id"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_travel_time_zone_id"),
        sa.PrimaryKeyConstraint("id", name="pk_travel_time"),
    )
    op.create_index("ix_travel_time_import_batch_id", "travel_time", ["import_batch_id"], unique=False)
    op.create_index("ix_travel_time_property_id", "travel_time", ["property_id"], unique=False)
    op.create_index("ix_travel_time_zone_id", "travel_time", ["zone_id"], unique=False)
    op.create_table(
        "valuation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("value_gbp", sa.Double(), nullable=False),
        sa.Column("low_gbp", sa.Double(), nullable=True),
        sa.Column("high_gbp", sa.Double(), nullable=True),
        sa.Column("valued_on", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_valuation_import_batch_id"),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name="fk_valuation_property_id"),
        sa.PrimaryKeyConstraint("id", name="pk_valuation"),
    )
    op.create_index("ix_valuation_import_batch_id", "valuation", ["import_batch_id"], unique=False)
    op.create_index("ix_valuation_property_id", "valuation", ["property_id"], unique=False)
    for table in PLACES:
        if postgis:
            op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")
        else:
            op.create_index(f"ix_{table}_box", table, BOX)


def downgrade() -> None:
    """PostGIS itself stays: it may have been there before, and others may use it."""
    for table in (
        "valuation", "travel_time", "team", "space", "running_cost", "lease", "property", "funding_stream",
        "action", "zone", "site", "service", "run", "rejected_row", "organisation", "import_note",
        "snapshot", "scenario", "import_batch",
    ):  # fmt: skip
        op.drop_table(table)
