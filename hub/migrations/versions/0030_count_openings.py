"""Count how often entries are opened, and searches with few hits."""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('entry_opening',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_opening_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'month', name=op.f('pk_entry_opening'))
    )
    op.create_index(op.f('ix_entry_opening_month'), 'entry_opening', ['month'], unique=False)
    op.create_table('search_month',
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('without_hits', sa.Integer(), nullable=False),
    sa.Column('with_few', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_search_month'))
    )
    op.add_column('search_miss', sa.Column('hits', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    """Go back."""
    op.drop_column('search_miss', 'hits')
    op.drop_table('search_month')
    op.drop_table('entry_opening')
