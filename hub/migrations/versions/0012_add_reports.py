"""Add what readers report about entries."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=True),
    sa.Column('replaced', sa.JSON(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('problem', 'proposal')", name=op.f('ck_report_kind')),
    sa.CheckConstraint("state IN ('open', 'accepted', 'settled', 'declined')", name=op.f('ck_report_state')),
    sa.CheckConstraint("state = 'open' OR decided_at IS NOT NULL", name=op.f('ck_report_decided_at')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_report_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reporter_id'], ['user_account.id'],
                            name=op.f('fk_report_reporter_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'],
                            name=op.f('fk_report_decided_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    op.create_index(op.f('ix_report_entry_id'), 'report', ['entry_id'], unique=False)
    op.create_index(op.f('ix_report_reporter_id'), 'report', ['reporter_id'], unique=False)
    op.create_index('ix_report_state_created_at', 'report', ['state', 'created_at'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_report_state_created_at', table_name='report')
    op.drop_index(op.f('ix_report_reporter_id'), table_name='report')
    op.drop_index(op.f('ix_report_entry_id'), table_name='report')
    op.drop_table('report')
