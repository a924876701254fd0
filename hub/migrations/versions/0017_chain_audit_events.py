"""Chain the audit events: each row carries the hash of the one before."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

FIRST_HASH = '0' * 64
AT_A_TIME = 1000


def table(name, *extra):
    """The audit table under this name, as this step knows it."""
    return sa.Table(
        name, sa.MetaData(),
        sa.Column('id', sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('action', sa.String(length=60), nullable=False),
        sa.Column('thing', sa.String(length=30), nullable=False),
        sa.Column('thing_id', sa.Integer(), nullable=True),
        sa.Column('detail', sa.JSON(), nullable=True),
        *extra,
    )


def upgrade() -> None:
    """Take the step: number the rows without gaps in their order and link them."""
    op.drop_index('ix_audit_event_at', 'audit_event')
    op.drop_index('ix_audit_event_thing_thing_id', 'audit_event')
    op.rename_table('audit_event', 'audit_event_before')
    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('thing', sa.String(length=30), nullable=False),
    sa.Column('thing_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=True),
    sa.Column('request', sa.String(length=12), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event_chained'))
    )
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('anchor_number', sa.Integer(), nullable=False),
    sa.Column('anchor_hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    number, last_hash = chain_rows()
    op.get_bind().execute(sa.text(
        "INSERT INTO audit_head (id, number, hash, previous, anchor_number, anchor_hash) "
        "VALUES (1, :number, :hash, :first, 0, :first)"
    ), {'number': number, 'hash': last_hash, 'first': FIRST_HASH})
    op.drop_table('audit_event_before')
    make_indexes()
    op.create_index('ix_audit_event_actor_id_id', 'audit_event', ['actor_id', 'id'], unique=False)
    op.create_index('ix_audit_event_action_id', 'audit_event', ['action', 'id'], unique=False)


def downgrade() -> None:
    """Go back."""
    for name in ('action_id', 'actor_id_id', 'thing_thing_id', 'at'):
        op.drop_index(f'ix_audit_event_{name}', 'audit_event')
    op.rename_table('audit_event', 'audit_event_chained')
    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('thing', sa.String(length=30), nullable=False),
    sa.Column('thing_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event_unchained'))
    )
    columns = 'id, at, actor_id, action, thing, thing_id, detail'
    op.execute(f'INSERT INTO audit_event ({columns}) SELECT {columns} FROM audit_event_chained ORDER BY id')  # noqa: S608
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("SELECT setval(pg_get_serial_sequence('audit_event', 'id'), (SELECT max(id) FROM audit_event))")
    op.drop_table('audit_event_chained')
    op.drop_table('audit_head')
    make_indexes()


def make_indexes() -> None:
    op.create_index('ix_audit_event_at', 'audit_event', ['at'], unique=False)
    op.create_index('ix_audit_event_thing_thing_id', 'audit_event', ['thing', 'thing_id'], unique=False)


def chain_rows() -> tuple[int, str]:
    """Copy the rows with their hashes; the number and the hash of the last one."""
    connection = op.get_bind()
    old = table('audit_event_before')
    new = table('audit_event', sa.Column('request', sa.String()), sa.Column('previous_hash', sa.String()),
                sa.Column('hash', sa.String()))
    number, before, after = 0, FIRST_HASH, None
    while True:
        rows = sa.select(old).order_by(old.c.id).limit(AT_A_TIME)
        found = connection.execute(rows.where(old.c.id > after) if after is not None else rows).mappings().all()
        linked = []
        for row in found:
            number += 1
            own = sha256(before + digest(row))
            linked.append({**row, 'id': number, 'request': '', 'previous_hash': before, 'hash': own})
            before, after = own, row['id']
        if linked:
            connection.execute(sa.insert(new), linked)
        if len(found) < AT_A_TIME:
            return number, before


def digest(row) -> str:
    """What a row says, as hub/audit/chain.py reads it."""
    at: datetime = row['at']
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    moment = at.isoformat(timespec='microseconds')
    facts = [moment, row['actor_id'], row['action'], row['thing_id'], row['detail'], '']
    return sha256(json.dumps(facts, sort_keys=True, separators=(',', ':'), ensure_ascii=True))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()
