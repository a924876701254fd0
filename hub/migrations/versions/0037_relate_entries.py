"""Add what the office says about two entries."""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('entry_relation',
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.CheckConstraint('one_id < other_id', name=op.f('ck_entry_relation_order')),
    sa.CheckConstraint("state IN ('together', 'apart')", name=op.f('ck_entry_relation_state')),
    sa.ForeignKeyConstraint(['one_id'], ['entry.id'], name=op.f('fk_entry_relation_one_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['entry.id'], name=op.f('fk_entry_relation_other_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('one_id', 'other_id', name=op.f('pk_entry_relation'))
    )
    op.create_index(op.f('ix_entry_relation_other_id'), 'entry_relation', ['other_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('entry_relation')
