"""Add previews."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('preview',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attachment_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=True),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('attachment_id IS NULL OR entry_id IS NULL', name=op.f('ck_preview_owner')),
    sa.CheckConstraint('page > 0', name=op.f('ck_preview_page')),
    sa.CheckConstraint("(checksum IS NULL AND reason <> '') OR (length(checksum) = 64 AND reason = '')",
                       name=op.f('ck_preview_checksum')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'],
                            name=op.f('fk_preview_attachment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_preview_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preview')),
    sa.UniqueConstraint('attachment_id', 'page', name=op.f('uq_preview_attachment_id_page')),
    sa.UniqueConstraint('entry_id', 'page', name=op.f('uq_preview_entry_id_page')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_preview_checksum'), 'preview', ['checksum'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_preview_checksum'), table_name='preview')
    op.drop_table('preview')
