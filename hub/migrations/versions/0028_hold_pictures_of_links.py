"""Hold pictures of links for forms that are not saved yet."""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column('preview', sa.Column('address_hash', sa.String(length=64), nullable=True))
    op.create_index('ix_preview_address_hash', 'preview', ['address_hash'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_preview_address_hash', 'preview')
    op.drop_column('preview', 'address_hash')
