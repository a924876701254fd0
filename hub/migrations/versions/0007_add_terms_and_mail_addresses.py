"""Add terms of fixed lists and personal mail addresses."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(label) BETWEEN 1 AND 120', name=op.f('ck_term_label_length')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('field', 'label', name=op.f('uq_term_field_label'))
    )
    op.create_table('mail_token',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'],
                            name=op.f('fk_mail_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_mail_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_mail_token_token_hash'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('mail_token')
    op.drop_table('term')
