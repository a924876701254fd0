"""Count a search without a hit once per person and day."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('search_miss_mark',
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('mark', name=op.f('pk_search_miss_mark'))
    )
    op.create_index(op.f('ix_search_miss_mark_day'), 'search_miss_mark', ['day'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_table('search_miss_mark')
