"""Add links that people ask for by mail, new addresses to confirm, and the wish for letters."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None
OLD = ('sign_in', 'invitation', 'first_admin', 'example')
NEW = (*OLD, 'reset', 'email')


def upgrade() -> None:
    """Take the step."""
    op.add_column('user_account', sa.Column('wants_letters', sa.Boolean(), nullable=False, server_default=sa.true()))
    make_tokens_anew(NEW, has_email=True)


def downgrade() -> None:
    """Go back."""
    op.execute("DELETE FROM one_time_token WHERE purpose IN ('reset', 'email')")
    make_tokens_anew(OLD, has_email=False)
    op.drop_column('user_account', 'wants_letters')


def make_tokens_anew(purposes: tuple[str, ...], has_email: bool) -> None:
    """With other purposes; SQLite cannot change a constraint, so rows move to a table of the new form."""
    columns = 'id, user_id, purpose, token_hash, created_at, expires_at, used_at'
    email = [sa.Column('email', sa.String(length=254), nullable=True)] if has_email else []
    allowed = ', '.join(f"'{purpose}'" for purpose in purposes)
    op.drop_index('ix_one_time_token_user_id', table_name='one_time_token')
    op.rename_table('one_time_token', 'one_time_token_before')
    # Names of constraints are those of the whole database on PostgreSQL.
    if op.get_bind().dialect.name == 'postgresql':
        for name in ('pk_one_time_token', 'uq_one_time_token_token_hash'):
            op.execute(f'ALTER INDEX {name} RENAME TO {name}_before')
    op.create_table('one_time_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    *email,
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(f'purpose IN ({allowed})', name=op.f('ck_one_time_token_purpose')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'],
                            name=op.f('fk_one_time_token_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_one_time_token_token_hash'))
    )
    op.execute(f'INSERT INTO one_time_token ({columns}) SELECT {columns} FROM one_time_token_before')
    op.drop_table('one_time_token_before')
    op.create_index('ix_one_time_token_user_id', 'one_time_token', ['user_id'])
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("SELECT setval(pg_get_serial_sequence('one_time_token', 'id'), "
                   "COALESCE((SELECT MAX(id) FROM one_time_token), 0) + 1, false)")
