"""Standards that are met by any of several ways of travelling, each within minutes of its own.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_MODES = ("car", "foot", "bicycle", "public_transport")


def upgrade() -> None:
    for mode in _MODES:
        op.add_column("service", sa.Column(f"or_{mode}_minutes", sa.Double(), nullable=True))


def downgrade() -> None:
    for mode in _MODES:
        op.drop_column("service", f"or_{mode}_minutes")
