"""What really happened of what a plan decided: left, sold, price, cost.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "outturn",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("property_id", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("price_gbp", sa.Double(), nullable=True),
        sa.Column("cost_gbp", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_outturn_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outturn"),
    )
    op.create_index("ix_outturn_run_id", "outturn", ["run_id"], unique=False)


def downgrade() -> None:
    op.drop_table("outturn")
