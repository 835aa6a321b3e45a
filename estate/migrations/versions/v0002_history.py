"""What changed in a row that stood already: the table `change`.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("import_batch_id", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_change_import_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index("ix_change_import_batch_id", "change", ["import_batch_id"], unique=False)
    op.create_index("ix_change_record", "change", ["record_id", "table"], unique=False)
    # A new row has no change of its own: its import tells who brought it in.
    op.add_column("import_batch", sa.Column("imported_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("import_batch", "imported_by")
    op.drop_table("change")
