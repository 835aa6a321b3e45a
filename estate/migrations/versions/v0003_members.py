"""Members, confidential leases, who may load a snapshot, and a view for QGIS.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# A view is easier to style than tables that must be joined first. Nothing in it is ever confidential.
VIEW = """
CREATE VIEW property_for_qgis AS
SELECT property.id, property.name, organisation.name AS organisation, property.use, property.status,
    property.tenure, property.address, property.postcode, property.uprn, property.floor_area_m2,
    property.land_area_ha,
    property.floor_area_m2 IS NULL AS floor_area_missing,
    property.geometry IS NULL AS place_missing,
    property.located_by,
    site.name AS site,
    property.geometry::geometry(Geometry, 27700) AS geometry
FROM property
JOIN organisation ON organisation.id = property.organisation_id
LEFT JOIN site ON site.id = property.site_id
"""
ROLE = "SELECT 1 FROM pg_roles WHERE rolname = 'estate_member'"


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.add_column("lease", sa.Column("confidential", sa.Boolean(), nullable=True))
    # What stands there already was made when nobody was kept from anything.
    for table in ("import_batch", "snapshot"):
        op.add_column(table, sa.Column("scope", sa.Text(), nullable=False, server_default="all"))
    if _postgis():
        op.execute(VIEW)


def downgrade() -> None:
    if _postgis():
        op.execute("DROP VIEW property_for_qgis")
        op.execute("DROP FUNCTION IF EXISTS estate_scope, estate_role, estate_organisation, estate_member CASCADE")
        secured = "SELECT tablename FROM pg_tables WHERE rowsecurity AND schemaname = current_schema()"
        for table in op.get_bind().execute(sa.text(secured)).scalars().all():
            op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
            if op.get_bind().execute(sa.text(ROLE)).first():  # or every member would see all
                op.execute(f'REVOKE ALL ON "{table}" FROM estate_member')
    for table in ("import_batch", "snapshot"):
        op.drop_column(table, "scope")
    op.drop_column("lease", "confidential")
    op.drop_table("member")


def _postgis() -> bool:
    return str(op.get_bind().dialect.name) == "postgresql"
