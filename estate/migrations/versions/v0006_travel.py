"""How kept minutes came about, and which of them are by straight line for want of a road.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "travel_build",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("network_file", sa.Text(), nullable=True),
        sa.Column("network_version", sa.Text(), nullable=True),
        sa.Column("network_date", sa.Date(), nullable=True),
        sa.Column("built_on", sa.Date(), nullable=False),
        sa.Column("points_version", sa.Text(), nullable=True),
        sa.Column("settings_version", sa.Text(), nullable=True),
        sa.Column("limit_minutes", sa.Double(), nullable=True),
        sa.Column("snap_limit_m", sa.Double(), nullable=True),
        sa.Column("zones", sa.BigInteger(), nullable=True),
        sa.Column("zones_off_network", sa.BigInteger(), nullable=True),
        sa.Column("zones_from_given_point", sa.BigInteger(), nullable=True),
        sa.Column("places", sa.BigInteger(), nullable=True),
        sa.Column("places_off_network", sa.BigInteger(), nullable=True),
        sa.Column("network_points", sa.BigInteger(), nullable=True),
        sa.Column("network_points_left_out", sa.BigInteger(), nullable=True),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_travel_build_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_travel_build"),
    )
    op.create_index("ix_travel_build_import_batch_id", "travel_build", ["import_batch_id"], unique=False)
    op.add_column("travel_time", sa.Column("fallback", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("travel_time", "fallback")
    op.drop_table("travel_build")
