"""Remember which keys the database belongs to."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('key_mark',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_key_mark'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('key_mark')
