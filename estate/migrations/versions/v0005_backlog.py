"""What repairs of a property are outstanding, and when they fall due.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("property", sa.Column("backlog_gbp", sa.Double(), nullable=True))
    op.add_column("property", sa.Column("backlog_due_year", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("property", "backlog_due_year")
    op.drop_column("property", "backlog_gbp")
