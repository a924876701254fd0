"""Add what organisations do with methods and projects."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('practice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('since_year', sa.Integer(), nullable=False),
    sa.Column('since_month', sa.Integer(), nullable=True),
    sa.Column('experience', sa.Text(), nullable=False),
    sa.Column('contact', sa.String(length=160), nullable=False),
    sa.Column('contact_email', sa.String(length=254), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'running', 'finished', 'dropped')", name=op.f('ck_practice_state')),
    sa.CheckConstraint('since_year BETWEEN 1900 AND 2100', name=op.f('ck_practice_since_year')),
    sa.CheckConstraint('since_month IS NULL OR (since_month BETWEEN 1 AND 12)', name=op.f('ck_practice_since_month')),
    sa.CheckConstraint('length(contact) > 0', name=op.f('ck_practice_contact')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_practice_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_practice_organisation_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice')),
    sa.UniqueConstraint('entry_id', 'organisation_id', name=op.f('uq_practice_entry_id_organisation_id'))
    )
    op.create_index(op.f('ix_practice_organisation_id'), 'practice', ['organisation_id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_practice_organisation_id'), table_name='practice')
    op.drop_table('practice')
