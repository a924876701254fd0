"""Add the order that the office gives entries on boards."""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column('entry_collection', sa.Column('rank', sa.Integer(), nullable=False, server_default='0'))
    op.create_index('ix_entry_collection_rank', 'entry_collection',
                    ['collection_id', 'rank', 'published_at', 'entry_id'])
    for table in ('collection', 'section'):
        op.add_column(table, sa.Column('order_version', sa.Integer(), nullable=False, server_default='1'))


def downgrade() -> None:
    """Go back."""
    for table in ('section', 'collection'):
        op.drop_column(table, 'order_version')
    op.drop_index('ix_entry_collection_rank', 'entry_collection')
    op.drop_column('entry_collection', 'rank')
