"""Add changes of many entries at once."""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('bulk_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=5), nullable=False),
    sa.Column('state', sa.String(length=7), nullable=False),
    sa.Column('back', sa.Text(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('same_count', sa.Integer(), nullable=False),
    sa.Column('problem_count', sa.Integer(), nullable=False),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('changed_count', sa.Integer(), nullable=False),
    sa.Column('remarks', sa.JSON(), nullable=False),
    sa.Column('left', sa.JSON(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('action_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('seen', 'waiting', 'running', 'done', 'failed')", name=op.f('ck_bulk_change_state')),
    sa.CheckConstraint("source IN ('table', 'sheet')", name=op.f('ck_bulk_change_source')),
    sa.ForeignKeyConstraint(['action_id'], ['undoable_action.id'],
                            name=op.f('fk_bulk_change_action_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'],
                            name=op.f('fk_bulk_change_actor_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_change'))
    )
    for column in ('action_id', 'actor_id', 'created_at'):
        op.create_index(op.f(f'ix_bulk_change_{column}'), 'bulk_change', [column], unique=False)
    op.create_table('bulk_row',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['bulk_change.id'],
                            name=op.f('fk_bulk_row_change_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'],
                            name=op.f('fk_bulk_row_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('change_id', 'place', name=op.f('pk_bulk_row'))
    )
    op.create_index(op.f('ix_bulk_row_entry_id'), 'bulk_row', ['entry_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table('bulk_row')
    op.drop_table('bulk_change')
