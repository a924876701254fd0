"""Remember of each session when and how the person has shown who they are, and with which browser."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step; who was signed in before is asked again before a sensitive step."""
    long_ago = sa.text("'1970-01-01 00:00:00.000000'")
    op.add_column('login_session',
                  sa.Column('proven_at', sa.DateTime(timezone=True), nullable=False, server_default=long_ago))
    op.add_column('login_session', sa.Column('proofs', sa.String(length=80), nullable=False, server_default=''))
    op.add_column('login_session', sa.Column('agent', sa.String(length=300), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('login_session') as table:
        table.drop_column('agent')
        table.drop_column('proofs')
        table.drop_column('proven_at')
