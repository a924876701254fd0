"""Add the bin."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step; what was deleted before lies in the bin as if it had been archived."""
    op.create_table('binned_entry',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_by_id', sa.Integer(), nullable=True),
    sa.Column('status_before', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['deleted_by_id'], ['user_account.id'],
                            name=op.f('fk_binned_entry_deleted_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'],
                            name=op.f('fk_binned_entry_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_binned_entry'))
    )
    for column in ('deleted_at', 'deleted_by_id'):
        op.create_index(f'ix_binned_entry_{column}', 'binned_entry', [column], unique=False)
    op.execute(
        "INSERT INTO binned_entry (entry_id, deleted_at, deleted_by_id, status_before) "
        "SELECT id, updated_at, contributor_id, CASE WHEN submitted_at IS NULL THEN 'draft' ELSE 'withdrawn' END "
        "FROM entry WHERE status = 'deleted'"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('binned_entry')
