"""Add answers about the freshness of entries, and the lists of the spring clean."""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('review_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after_version', sa.Integer(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("answer IN ('holds', 'replaced', 'outdated', 'later')", name=op.f('ck_review_answer_answer')),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'],
                            name=op.f('fk_review_answer_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_review_answer_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_answer'))
    )
    op.create_index(op.f('ix_review_answer_actor_id'), 'review_answer', ['actor_id'])
    op.create_index('ix_review_answer_entry_id_at', 'review_answer', ['entry_id', 'at'])
    op.create_table('spring_clean',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.String(length=6), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_spring_clean_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spring_clean')),
    sa.UniqueConstraint('organisation_id', 'quarter', name=op.f('uq_spring_clean_organisation_id_quarter'))
    )
    op.create_table('spring_clean_row',
    sa.Column('clean_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['clean_id'], ['spring_clean.id'],
                            name=op.f('fk_spring_clean_row_clean_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'],
                            name=op.f('fk_spring_clean_row_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clean_id', 'entry_id', name=op.f('pk_spring_clean_row'))
    )
    op.create_index(op.f('ix_spring_clean_row_entry_id'), 'spring_clean_row', ['entry_id'])


def downgrade() -> None:
    """Go back."""
    for table in ('spring_clean_row', 'spring_clean', 'review_answer'):
        op.drop_table(table)
