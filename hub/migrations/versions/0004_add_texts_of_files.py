"""Add the texts of files."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('document_text',
    sa.Column('attachment_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('page_count', sa.Integer(), nullable=False),
    sa.Column('is_cut', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('author', sa.String(length=300), nullable=False),
    sa.Column('dated_on', sa.Date(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'done', 'none', 'failed')", name=op.f('ck_document_text_state')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'],
                            name=op.f('fk_document_text_attachment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('attachment_id', name=op.f('pk_document_text'))
    )
    op.create_index('ix_document_text_state', 'document_text', ['state'], unique=False)
    op.create_table('document_page',
    sa.Column('attachment_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'],
                            name=op.f('fk_document_page_attachment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('attachment_id', 'number', name=op.f('pk_document_page'))
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table('document_page')
    op.drop_index('ix_document_text_state', table_name='document_text')
    op.drop_table('document_text')
