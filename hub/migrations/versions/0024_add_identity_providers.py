"""Add identity providers, identities linked to accounts, sign-ins under way and people who wait."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table('identity_provider',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('sealed_secret', sa.Text(), nullable=True),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('newcomers', sa.String(length=8), nullable=False),
    sa.Column('trusts_email', sa.Boolean(), nullable=False),
    sa.Column('checks_factor', sa.Boolean(), nullable=False),
    sa.Column('factor_acr', sa.String(length=200), nullable=False),
    sa.Column('told', sa.JSON(), nullable=True),
    sa.Column('keys', sa.JSON(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('keys_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("newcomers IN ('create', 'ask')",
                       name=op.f('ck_identity_provider_newcomers')),
    sa.CheckConstraint('length(name) BETWEEN 1 AND 80',
                       name=op.f('ck_identity_provider_name_length')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_identity_provider_organisation_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_provider')),
    sa.UniqueConstraint('issuer', 'client_id', name=op.f('uq_identity_provider_issuer_client_id')),
    sa.UniqueConstraint('name', name=op.f('uq_identity_provider_name'))
    )
    op.create_index(op.f('ix_identity_provider_organisation_id'), 'identity_provider', ['organisation_id'], unique=False)
    op.create_table('linked_identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('sid', sa.String(length=255), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(subject) BETWEEN 1 AND 255',
                       name=op.f('ck_linked_identity_subject_length')),
    sa.ForeignKeyConstraint(['provider_id'], ['identity_provider.id'],
                            name=op.f('fk_linked_identity_provider_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'],
                            name=op.f('fk_linked_identity_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linked_identity')),
    sa.UniqueConstraint('provider_id', 'subject', name=op.f('uq_linked_identity_provider_id_subject')),
    sa.UniqueConstraint('provider_id', 'user_id', name=op.f('uq_linked_identity_provider_id_user_id'))
    )
    op.create_index(op.f('ix_linked_identity_user_id'), 'linked_identity', ['user_id'], unique=False)
    op.create_table('sign_on_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=8), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('verifier', sa.String(length=64), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('parked', sa.Text(), nullable=True),
    sa.Column('network', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('enter', 'link', 'confirm')",
                       name=op.f('ck_sign_on_attempt_purpose')),
    sa.ForeignKeyConstraint(['provider_id'], ['identity_provider.id'],
                            name=op.f('fk_sign_on_attempt_provider_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['login_session.id'],
                            name=op.f('fk_sign_on_attempt_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_on_attempt')),
    sa.UniqueConstraint('state_hash', name=op.f('uq_sign_on_attempt_state_hash'))
    )
    op.create_index(op.f('ix_sign_on_attempt_created_at'), 'sign_on_attempt', ['created_at'], unique=False)
    op.create_index(op.f('ix_sign_on_attempt_provider_id'), 'sign_on_attempt', ['provider_id'], unique=False)
    op.create_index(op.f('ix_sign_on_attempt_session_id'), 'sign_on_attempt', ['session_id'], unique=False)
    op.create_table('waiting_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('is_email_verified', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['provider_id'], ['identity_provider.id'],
                            name=op.f('fk_waiting_person_provider_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_person')),
    sa.UniqueConstraint('provider_id', 'subject', name=op.f('uq_waiting_person_provider_id_subject'))
    )
    op.create_table('sign_on_session',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('sid', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['identity_provider.id'],
                            name=op.f('fk_sign_on_session_provider_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['login_session.id'],
                            name=op.f('fk_sign_on_session_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', name=op.f('pk_sign_on_session'))
    )
    op.create_index('ix_sign_on_session_provider_id_subject', 'sign_on_session', ['provider_id', 'subject'], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table('sign_on_session')
    op.drop_table('waiting_person')
    op.drop_table('sign_on_attempt')
    op.drop_table('linked_identity')
    op.drop_table('identity_provider')
