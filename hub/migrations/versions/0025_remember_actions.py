"""Remember actions of the office, so that they can be undone."""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('undoable_action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('thing_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('thing_count > 0', name=op.f('ck_undoable_action_thing_count')),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'],
                            name=op.f('fk_undoable_action_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'],
                            name=op.f('fk_undoable_action_undone_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undoable_action'))
    )
    for column in ('actor_id', 'at', 'undone_by_id'):
        op.create_index(op.f(f'ix_undoable_action_{column}'), 'undoable_action', [column], unique=False)
    op.create_table('undoable_row',
    sa.Column('action_id', sa.Integer(), nullable=False),
    sa.Column('thing_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['undoable_action.id'],
                            name=op.f('fk_undoable_row_action_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('action_id', 'thing_id', name=op.f('pk_undoable_row'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('undoable_row')
    op.drop_table('undoable_action')
