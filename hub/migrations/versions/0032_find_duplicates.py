"""Find duplicates, and remember what became one."""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('merged_entry',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('entry_id <> into_id', name=op.f('ck_merged_entry_not_itself')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_merged_entry_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['into_id'], ['entry.id'], name=op.f('fk_merged_entry_into_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_merged_entry'))
    )
    op.create_index(op.f('ix_merged_entry_into_id'), 'merged_entry', ['into_id'], unique=False)
    op.create_table('entry_print',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_print_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_entry_print'))
    )
    op.create_table('duplicate_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=6), nullable=False),
    sa.Column('said', sa.JSON(), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('one_id < other_id', name=op.f('ck_duplicate_pair_order')),
    sa.CheckConstraint("state IN ('open', 'apart', 'merged')", name=op.f('ck_duplicate_pair_state')),
    sa.ForeignKeyConstraint(['one_id'], ['entry.id'], name=op.f('fk_duplicate_pair_one_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['entry.id'], name=op.f('fk_duplicate_pair_other_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pair')),
    sa.UniqueConstraint('one_id', 'other_id', name=op.f('uq_duplicate_pair_one_id_other_id'))
    )
    op.create_index('ix_duplicate_pair_state_score', 'duplicate_pair', ['state', 'score'], unique=False)
    op.create_index(op.f('ix_duplicate_pair_other_id'), 'duplicate_pair', ['other_id'], unique=False)
    op.create_table('compared_up_to',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rules', sa.String(length=40), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_compared_up_to_single_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_compared_up_to'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('compared_up_to')
    op.drop_table('duplicate_pair')
    op.drop_table('entry_print')
    op.drop_table('merged_entry')
