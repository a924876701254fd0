"""Add links with their tries, the websites they lie on, and the state of the checker."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

OUTCOMES = (
    "outcome IN ('unknown', 'fine', 'gone', 'moved', 'refuses', 'certificate', 'no_host', 'slow', 'server', "
    "'soft_gone', 'changed', 'untried')"
)


def upgrade() -> None:
    """Take the step."""
    op.create_table('link_host',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=253), nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('holder', sa.String(length=32), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('robots', sa.JSON(), nullable=True),
    sa.Column('robots_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_lost', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_host')),
    sa.UniqueConstraint('name', name=op.f('uq_link_host_name'))
    )
    op.create_index(op.f('ix_link_host_holder'), 'link_host', ['holder'], unique=False)
    op.create_table('link_round',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tried_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_link_round_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_round'))
    )
    op.create_table('link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=2000), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fine_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('etag', sa.String(length=200), nullable=False),
    sa.Column('modified', sa.String(length=40), nullable=False),
    sa.Column('first_title', sa.String(length=200), nullable=False),
    sa.Column('first_sketch', sa.String(length=512), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(OUTCOMES, name=op.f('ck_link_outcome')),
    sa.CheckConstraint("state IN ('none', 'open', 'confirmed', 'dismissed', 'mended')", name=op.f('ck_link_state')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'],
                            name=op.f('fk_link_decided_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['host_id'], ['link_host.id'], name=op.f('fk_link_host_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('address', name=op.f('uq_link_address'))
    )
    op.create_index(op.f('ix_link_decided_by_id'), 'link', ['decided_by_id'], unique=False)
    op.create_index('ix_link_host_id_next_at', 'link', ['host_id', 'next_at'], unique=False)
    op.create_index(op.f('ix_link_next_at'), 'link', ['next_at'], unique=False)
    op.create_index('ix_link_state_outcome', 'link', ['state', 'outcome'], unique=False)
    op.create_table('link_try',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.CheckConstraint(OUTCOMES, name=op.f('ck_link_try_outcome')),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_link_try_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_try'))
    )
    op.create_index('ix_link_try_link_id_id', 'link_try', ['link_id', 'id'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table('link_try')
    op.drop_table('link')
    op.drop_table('link_round')
    op.drop_table('link_host')
