"""Add notices and recommended entries on the start page and in collections."""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(body) > 0', name=op.f('ck_notice_body')),
    sa.CheckConstraint('last_on IS NULL OR last_on >= first_on', name=op.f('ck_notice_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_table('featured_entry',
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('collection_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.CheckConstraint('place = coalesce(collection_id, 0)', name=op.f('ck_featured_entry_place')),
    sa.ForeignKeyConstraint(['collection_id'], ['collection.id'],
                            name=op.f('fk_featured_entry_collection_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_featured_entry_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('place', 'entry_id', name=op.f('pk_featured_entry'))
    )
    op.create_index(op.f('ix_featured_entry_collection_id'), 'featured_entry', ['collection_id'])
    op.create_index(op.f('ix_featured_entry_entry_id'), 'featured_entry', ['entry_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('featured_entry')
    op.drop_table('notice')
