"""Let keywords stand for others, and belong to groups."""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

# Plain SQL that both databases read: SQLite takes a constraint of a new column only together with the column.
STANDS_FOR = (
    'ALTER TABLE tag ADD COLUMN stands_for_id INTEGER '
    'CONSTRAINT fk_tag_stands_for_id REFERENCES tag(id) ON DELETE SET NULL '
    'CONSTRAINT ck_tag_stands_for_another CHECK (stands_for_id <> id)'
)


def upgrade() -> None:
    """Take the step."""
    op.add_column('tag', sa.Column('group_name', sa.String(length=80), nullable=False, server_default=''))
    op.execute(STANDS_FOR)
    op.create_index(op.f('ix_tag_stands_for_id'), 'tag', ['stands_for_id'])


def downgrade() -> None:
    """Go back; synonyms become keywords that no entry carries."""
    op.drop_index(op.f('ix_tag_stands_for_id'), table_name='tag')
    op.drop_column('tag', 'stands_for_id')
    op.drop_column('tag', 'group_name')
