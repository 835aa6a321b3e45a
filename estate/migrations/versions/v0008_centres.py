"""Whether the point that a zone's people travel from is weighted by where they live.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("zone", sa.Column("centre_kind", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("zone", "centre_kind")
