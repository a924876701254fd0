"""Add letters on their way out and the language that people read them in."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('once', sa.String(length=120), nullable=True),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('takes', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'handed', 'sent', 'failed', 'over')", name=op.f('ck_letter_state')),
    sa.CheckConstraint("language IN ('de', 'en')", name=op.f('ck_letter_language')),
    sa.CheckConstraint("state NOT IN ('sent', 'over') OR (text IS NULL AND html IS NULL)",
                       name=op.f('ck_letter_forgotten')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('mark', name=op.f('uq_letter_mark')),
    sa.UniqueConstraint('once', name=op.f('uq_letter_once'))
    )
    op.create_index('ix_letter_state_due_at', 'letter', ['state', 'due_at'], unique=False)
    # In one statement: SQLite cannot add the constraint afterwards without making the table anew.
    op.execute("ALTER TABLE user_account ADD COLUMN language VARCHAR(2) DEFAULT 'de' NOT NULL "
               "CONSTRAINT ck_user_account_language CHECK (language IN ('de', 'en'))")


def downgrade() -> None:
    """Go back."""
    op.execute('ALTER TABLE user_account DROP COLUMN language')
    op.drop_index('ix_letter_state_due_at', table_name='letter')
    op.drop_table('letter')
