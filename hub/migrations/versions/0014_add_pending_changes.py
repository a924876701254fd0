"""Add changes of published entries that wait, and for whom they do."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('pending_change',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('held', sa.JSON(), nullable=False),
    sa.Column('removed', sa.JSON(), nullable=False),
    sa.Column('is_returned', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'],
                            name=op.f('fk_pending_change_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'],
                            name=op.f('fk_pending_change_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_pending_change'))
    )
    op.create_index('ix_pending_change_author_id', 'pending_change', ['author_id'], unique=False)
    op.create_table('review_rule',
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('waits', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('role', name=op.f('pk_review_rule'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('review_rule')
    op.drop_table('pending_change')
