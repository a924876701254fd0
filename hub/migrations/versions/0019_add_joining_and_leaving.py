"""Add invitations, terms of use, requests for access, and what belongs to leaving."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Take the step."""
    for name in ('invited_at', 'staying_at', 'left_at'):
        op.add_column('user_account', sa.Column(name, MOMENT, nullable=True))
    op.add_column('user_account', sa.Column('terms_version', sa.Integer(), nullable=False, server_default='1'))
    op.create_table('terms_version',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body_de', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('asks_all', sa.Boolean(), nullable=False),
    sa.Column('published_at', MOMENT, nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_terms_version_version')),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_terms_version'))
    )
    op.create_table('terms_acceptance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('accepted_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'],
                            name=op.f('fk_terms_acceptance_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terms_acceptance')),
    sa.UniqueConstraint('user_id', 'version', name=op.f('uq_terms_acceptance_user_id_version'))
    )
    op.create_table('invitation_sent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inviter_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['inviter_id'], ['user_account.id'],
                            name=op.f('fk_invitation_sent_inviter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation_sent'))
    )
    op.create_index('ix_invitation_sent_inviter_id_sent_at', 'invitation_sent', ['inviter_id', 'sent_at'])
    op.create_table('mail_domain',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('domain = lower(domain)', name=op.f('ck_mail_domain_lower')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_mail_domain_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_mail_domain'))
    )
    op.create_index(op.f('ix_mail_domain_organisation_id'), 'mail_domain', ['organisation_id'])
    op.create_table('access_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('terms_version', sa.Integer(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('confirmed_at', MOMENT, nullable=True),
    sa.CheckConstraint('length(name) BETWEEN 1 AND 120', name=op.f('ck_access_request_name_length')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_access_request_email_lower')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'],
                            name=op.f('fk_access_request_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_request')),
    sa.UniqueConstraint('email', name=op.f('uq_access_request_email')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_request_token_hash'))
    )
    op.create_index(op.f('ix_access_request_organisation_id'), 'access_request', ['organisation_id'])
    op.create_table('handover',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_handover_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['from_id'], ['user_account.id'], name=op.f('fk_handover_from_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_id'], ['user_account.id'], name=op.f('fk_handover_to_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_handover'))
    )
    op.create_index(op.f('ix_handover_from_id'), 'handover', ['from_id'])
    op.create_index(op.f('ix_handover_to_id'), 'handover', ['to_id'])


def downgrade() -> None:
    """Go back."""
    for table in ('handover', 'access_request', 'mail_domain', 'invitation_sent', 'terms_acceptance',
                  'terms_version'):
        op.drop_table(table)
    for name in ('terms_version', 'left_at', 'staying_at', 'invited_at'):
        op.drop_column('user_account', name)  # SQLite can do it alone; a table made anew would hinder the steps before
