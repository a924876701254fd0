"""Add the thesaurus and searches without a hit."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('concept',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(id) BETWEEN 1 AND 80', name=op.f('ck_concept_id_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept'))
    )
    op.create_table('concept_label',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('concept_id', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('is_preferred', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("language IN ('de', 'en', 'fr')", name=op.f('ck_concept_label_language')),
    sa.CheckConstraint('is_preferred = (position = 0)', name=op.f('ck_concept_label_preferred_first')),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'],
                            name=op.f('fk_concept_label_concept_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept_label')),
    sa.UniqueConstraint('concept_id', 'language', 'position',
                        name=op.f('uq_concept_label_concept_id_language_position'))
    )
    op.create_index('ix_concept_label_label', 'concept_label', ['label'], unique=False)
    op.create_table('concept_relation',
    sa.Column('concept_id', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=7), nullable=False),
    sa.Column('target_id', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('broader', 'related')", name=op.f('ck_concept_relation_kind')),
    sa.CheckConstraint('concept_id <> target_id', name=op.f('ck_concept_relation_no_relation_to_itself')),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'],
                            name=op.f('fk_concept_relation_concept_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['concept.id'],
                            name=op.f('fk_concept_relation_target_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('concept_id', 'kind', 'target_id', name=op.f('pk_concept_relation'))
    )
    op.create_index('ix_concept_relation_target_id', 'concept_relation', ['target_id'], unique=False)
    state = op.create_table('thesaurus_state',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_thesaurus_state_single_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thesaurus_state'))
    )
    op.bulk_insert(state, [{'id': 1, 'version': 0}])
    op.create_table('thesaurus_draft',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('concepts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'],
                            name=op.f('fk_thesaurus_draft_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_thesaurus_draft'))
    )
    op.create_table('search_miss',
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('text', sa.String(length=100), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('fingerprint', name=op.f('pk_search_miss'))
    )
    op.create_index('ix_search_miss_asked', 'search_miss', ['count', 'last_on'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_table('search_miss')
    op.drop_table('thesaurus_draft')
    op.drop_table('thesaurus_state')
    op.drop_table('concept_relation')
    op.drop_table('concept_label')
    op.drop_table('concept')
