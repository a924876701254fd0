"""Compare addresses and DOIs of entries in one spelling; mark titles that nobody gave."""

import sqlalchemy as sa
from alembic import op

from hub.core.address import NoAddress, doi_of, find_doi, normalise

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

BATCH = 1000
ENTRY = sa.table('entry', sa.column('id', sa.Integer), sa.column('url', sa.String), sa.column('details', sa.JSON),
                 sa.column('address', sa.String), sa.column('doi', sa.String))


def upgrade() -> None:
    """Take the step."""
    op.add_column('entry', sa.Column('address', sa.String(length=2000), nullable=True))
    op.add_column('entry', sa.Column('doi', sa.String(length=200), nullable=True))
    op.add_column('entry', sa.Column('has_stopgap_title', sa.Boolean(), nullable=False, server_default=sa.false()))
    fill()
    op.create_index(op.f('ix_entry_address'), 'entry', ['address'], unique=False)
    op.create_index(op.f('ix_entry_doi'), 'entry', ['doi'], unique=False)


def fill() -> None:
    """Address and DOI of the entries that are there, a batch at a time."""
    connection, last = op.get_bind(), 0
    rows = sa.select(ENTRY.c.id, ENTRY.c.url, ENTRY.c.details).order_by(ENTRY.c.id).limit(BATCH)
    change = sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam('row')).values(
        address=sa.bindparam('new_address'), doi=sa.bindparam('new_doi'))
    while batch := connection.execute(rows.where(ENTRY.c.id > last)).all():
        last = batch[-1].id
        connection.execute(change, [
            {'row': row.id, 'new_address': address_of(row.url), 'new_doi': doi(row.url, row.details)} for row in batch
        ])


def address_of(url: str | None) -> str | None:
    """The one spelling of a link."""
    try:
        return normalise(url) if url else None
    except NoAddress:
        return None


def doi(url: str | None, details: dict | None) -> str | None:
    """The DOI that details or link name."""
    found = find_doi(str((details or {}).get('doi') or '')) or (doi_of(url) if url else None)
    return found[:200] if found else None


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f('ix_entry_doi'), table_name='entry')
    op.drop_index(op.f('ix_entry_address'), table_name='entry')
    op.drop_column('entry', 'has_stopgap_title')
    op.drop_column('entry', 'doi')
    op.drop_column('entry', 'address')
