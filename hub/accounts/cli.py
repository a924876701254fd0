"""Commands about accounts."""

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from hub.accounts import queries
from hub.accounts.models import User
from hub.accounts.service import factors
from hub.accounts.service.organisations import find_or_create
from hub.accounts.service.people import Person, block_user, create_user, end_sessions_of
from hub.core.actor import SYSTEM
from hub.core.errors import HubError
from hub.core.permissions import Role

users = AppGroup("users", help="Konten anlegen.")


@users.command("create")
@click.option("--email", required=True, help="E-Mail-Adresse, mit der die Person sich anmeldet.")
@click.option("--name", required=True, help="Name, wie er angezeigt wird.")
@click.option("--organisation", required=True, help="Stadt oder Stelle, etwa Essen; wird angelegt, wenn sie fehlt.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value)
@click.option("--password-stdin", is_flag=True, help="Das Passwort von der Standardeingabe lesen.")
def create(email: str, name: str, organisation: str, role: str, password_stdin: bool) -> None:
    """Ein Konto anlegen. Ohne Passwort braucht die Person einen Link von der Verwaltung."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        # Addresses under test domains are fine here: nothing is sent to them.
        validate_email(email, check_deliverability=False, test_environment=True)
        person = Person(email, name, find_or_create(SYSTEM, organisation).id, Role(role))
        user = create_user(SYSTEM, person, password)
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} ist keine E-Mail-Adresse.") from error
    except HubError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Konto {user.id} angelegt: {user.email}")


@users.command("reset-second-factor")
@click.option("--email", required=True, help="Adresse des Kontos.")
def reset_second_factor(email: str) -> None:
    """Den zweiten Faktor eines Kontos entfernen, wenn er verloren ist; die Person wird benachrichtigt."""
    factors.reset(SYSTEM, _account(email))
    click.echo(f"Zweiter Faktor von {email} zurückgesetzt.")


@users.command("end-sessions")
@click.option("--email", help="Adresse des Kontos; ohne sie werden alle abgemeldet.")
def end_sessions(email: str | None) -> None:
    """Eine Person oder alle überall abmelden."""
    for user in [_account(email)] if email else queries.find_signed_in_users(SYSTEM):
        end_sessions_of(SYSTEM, user)
        click.echo(f"{user.email} ist überall abgemeldet.")


@users.command("close-examples")
def close_examples() -> None:
    """Die Beispielkonten sperren; eine eigene Verwaltung muss es schon geben."""
    count = 0
    for user in queries.find_examples():
        try:
            block_user(SYSTEM, user)
        except HubError as error:
            raise click.ClickException(
                f"{error.message} Bitte legen Sie zuerst eine an: flask users create … --role admin --password-stdin"
            ) from error
        count += 1
    click.echo(f"{count} Beispielkonten gesperrt.")


def _account(email: str) -> User:
    user = queries.find_user_by_email(email)
    if user is None:
        raise click.ClickException(f"Es gibt kein Konto {email}.")
    return user
