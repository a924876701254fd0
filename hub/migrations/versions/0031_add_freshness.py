"""Add the marks that say how fresh an entry is, and after how many months each kind is looked at again."""

from calendar import monthrange
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

BATCH = 1000
# Articles in papers age, yet nobody rewrites them; projects end; research stays valid longest.
MONTHS = {'dokument': 18, 'methode': 12, 'projekt': 12, 'fachartikel': 36, 'medienartikel': 24}
ENTRY = sa.table('entry', sa.column('id', sa.Integer), sa.column('kind', sa.String), sa.column('status', sa.String),
                 sa.column('published_at', sa.DateTime), sa.column('review_on', sa.Date))
# Plain SQL that both databases read: SQLite takes a constraint of a new column only together with the column.
REFERENCES = {
    'checked_by_id': 'REFERENCES user_account(id) ON DELETE SET NULL',
    'responsible_id': 'REFERENCES organisation(id) ON DELETE SET NULL',
    'superseded_by_id': 'REFERENCES entry(id) ON DELETE SET NULL '
                        'CONSTRAINT ck_entry_superseded_by_another CHECK (superseded_by_id <> id)',
}


def upgrade() -> None:
    """Take the step; what is published is due as many months after its publication as its kind asks for."""
    presets = op.create_table('review_preset',
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('months', sa.Integer(), nullable=True),
    sa.CheckConstraint('months IS NULL OR (months BETWEEN 1 AND 120)', name=op.f('ck_review_preset_months')),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_review_preset'))
    )
    op.bulk_insert(presets, [{'kind': kind, 'months': months} for kind, months in MONTHS.items()])
    op.add_column('entry', sa.Column('review_on', sa.Date(), nullable=True))
    op.add_column('entry', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('entry', sa.Column('outdated_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('entry', sa.Column('outdated_note', sa.Text(), nullable=False, server_default=''))
    for column, references in REFERENCES.items():
        op.execute(f'ALTER TABLE entry ADD COLUMN {column} INTEGER CONSTRAINT fk_entry_{column} {references}')
        op.create_index(op.f(f'ix_entry_{column}'), 'entry', [column])
    fill()
    op.create_index('ix_entry_status_review_on', 'entry', ['status', 'review_on'])


def fill() -> None:
    """The day on which each published entry is due, a batch at a time."""
    connection, last = op.get_bind(), 0
    rows = sa.select(ENTRY.c.id, ENTRY.c.kind, ENTRY.c.published_at)
    rows = rows.where(ENTRY.c.status == 'published').order_by(ENTRY.c.id).limit(BATCH)
    change = sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam('row')).values(review_on=sa.bindparam('day'))
    while batch := connection.execute(rows.where(ENTRY.c.id > last)).all():
        last = batch[-1].id
        connection.execute(change, [
            {'row': row.id, 'day': months_after(row.published_at.date(), MONTHS[row.kind])} for row in batch
        ])


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def downgrade() -> None:
    """Go back."""
    op.drop_index('ix_entry_status_review_on', table_name='entry')
    for column in reversed(REFERENCES):
        op.drop_index(op.f(f'ix_entry_{column}'), table_name='entry')
    for column in (*reversed(REFERENCES), 'outdated_note', 'outdated_at', 'checked_at', 'review_on'):
        op.drop_column('entry', column)
    op.drop_table('review_preset')
