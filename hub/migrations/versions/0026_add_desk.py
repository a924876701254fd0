"""Add notes between office and contributors, assignments of the desk, and the wish for keys."""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column('user_account', sa.Column('wants_keys', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table('submission_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('is_office', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('letter', sa.String(length=120), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('note', 'approved', 'returned', 'rejected', 'undone')",
                       name=op.f('ck_submission_note_kind')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'],
                            name=op.f('fk_submission_note_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_submission_note_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_note'))
    )
    op.create_index(op.f('ix_submission_note_author_id'), 'submission_note', ['author_id'])
    op.create_index('ix_submission_note_entry_id_at', 'submission_note', ['entry_id', 'at'])
    op.create_table('desk_assignment',
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('thing_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=False),
    sa.Column('assigned_by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['user_account.id'],
                            name=op.f('fk_desk_assignment_assignee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['assigned_by_id'], ['user_account.id'],
                            name=op.f('fk_desk_assignment_assigned_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('source', 'thing_id', name=op.f('pk_desk_assignment'))
    )
    for column in ('assignee_id', 'assigned_by_id'):
        op.create_index(op.f(f'ix_desk_assignment_{column}'), 'desk_assignment', [column])
    op.create_table('detail_waiver',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('missing', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'],
                            name=op.f('fk_detail_waiver_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_detail_waiver_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_detail_waiver'))
    )
    op.create_index(op.f('ix_detail_waiver_by_id'), 'detail_waiver', ['by_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('detail_waiver')
    op.drop_table('desk_assignment')
    op.drop_table('submission_note')
    op.drop_column('user_account', 'wants_keys')
