"""Add wishes for a further collection to what readers report, and the change of an entry that was approved last."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    with op.batch_alter_table('report') as report:
        report.drop_constraint(op.f('ck_report_kind'), type_='check')
        report.create_check_constraint(op.f('ck_report_kind'), "kind IN ('problem', 'proposal', 'wish')")
    op.create_table('approved_change',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('replaced', sa.JSON(), nullable=False),
    sa.Column('held', sa.JSON(), nullable=False),
    sa.Column('removed', sa.JSON(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entry_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'],
                            name=op.f('fk_approved_change_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'],
                            name=op.f('fk_approved_change_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_approved_change'))
    )
    op.create_index('ix_approved_change_author_id', 'approved_change', ['author_id'], unique=False)


def downgrade() -> None:
    """Go back; wishes go with their kind."""
    op.drop_table('approved_change')
    op.execute("DELETE FROM report WHERE kind = 'wish'")
    with op.batch_alter_table('report') as report:
        report.drop_constraint(op.f('ck_report_kind'), type_='check')
        report.create_check_constraint(op.f('ck_report_kind'), "kind IN ('problem', 'proposal')")
