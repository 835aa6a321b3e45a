"""A digest of every row of an SQLite register (see `estate.seals`, which makes the triggers that go with it).

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "seal",
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("table", "id", name="pk_seal"),
        sqlite_with_rowid=False,
    )
    blank = sa.text("digest IS NULL")
    op.create_index("ix_seal_blank", "seal", ["table", "id"], unique=False, sqlite_where=blank)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'seal!_%' ESCAPE '!'"
    for name in op.get_bind().execute(sa.text(triggers)).scalars().all():
        op.execute(f'DROP TRIGGER "{name}"')
    op.drop_table("seal")
