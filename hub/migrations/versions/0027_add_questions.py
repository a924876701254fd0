"""Add questions to the network, their answers, and who wants letters about them."""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column('user_account', sa.Column('wants_questions', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table('question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('words', sa.String(length=100), nullable=False),
    sa.Column('collection_id', sa.Integer(), nullable=True),
    sa.Column('audience', sa.String(length=6), nullable=False),
    sa.Column('is_from_office', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=9), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=True),
    sa.Column('report_text', sa.Text(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("audience IN ('office', 'all')", name=op.f('ck_question_audience')),
    sa.CheckConstraint("state IN ('open', 'settled', 'withdrawn', 'removed')", name=op.f('ck_question_state')),
    sa.CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name=op.f('ck_question_closed_at')),
    sa.CheckConstraint('length(text) BETWEEN 1 AND 200', name=op.f('ck_question_text_length')),
    sa.ForeignKeyConstraint(['asker_id'], ['user_account.id'], name=op.f('fk_question_asker_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_question_organisation_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['collection_id'], ['collection.id'],
                            name=op.f('fk_question_collection_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['reporter_id'], ['user_account.id'],
                            name=op.f('fk_question_reporter_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['closed_by_id'], ['user_account.id'],
                            name=op.f('fk_question_closed_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question'))
    )
    op.create_index(op.f('ix_question_asker_id'), 'question', ['asker_id'], unique=False)
    op.create_index(op.f('ix_question_organisation_id'), 'question', ['organisation_id'], unique=False)
    op.create_index('ix_question_state_created_at', 'question', ['state', 'created_at'], unique=False)
    op.create_table('question_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_solution', sa.Boolean(), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('entry_id IS NOT NULL OR length(text) > 0', name=op.f('ck_question_answer_content')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'],
                            name=op.f('fk_question_answer_question_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'],
                            name=op.f('fk_question_answer_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_question_answer_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_answer')),
    sa.UniqueConstraint('question_id', 'entry_id', name=op.f('uq_question_answer_question_id_entry_id'))
    )
    op.create_index(op.f('ix_question_answer_author_id'), 'question_answer', ['author_id'], unique=False)
    op.create_index(op.f('ix_question_answer_entry_id'), 'question_answer', ['entry_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table('question_answer')
    op.drop_table('question')
    op.drop_column('user_account', 'wants_questions')
