"""Forms about accounts. Choices are passed in; what needs the database is checked by the services."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

LONGEST_EMAIL = 254
LONGEST_NEXT = 2000


class SignInForm(Form):
    """Address and password; ``next`` and ``parked`` tell how it goes on."""

    email = StringField(
        _l("Dienstliche E-Mail-Adresse"),
        [InputRequired(_l("Bitte geben Sie Ihre E-Mail-Adresse ein.")), Length(max=LONGEST_EMAIL)],
    )
    password = PasswordField(_l("Passwort"), [InputRequired(_l("Bitte geben Sie Ihr Passwort ein."))])
    keep = BooleanField(_l("30 Tage angemeldet bleiben"))
    next = HiddenField()
    parked = HiddenField()


class FirstPasswordForm(Form):
    """A new password, typed twice because nobody can read it."""

    new_password = PasswordField(_l("Neues Passwort"), [InputRequired(_l("Bitte geben Sie ein Passwort ein."))])
    repeated_password = PasswordField(
        _l("Neues Passwort noch einmal"),
        [EqualTo("new_password", _l("Die beiden Eingaben stimmen nicht überein. Bitte tippen Sie beide noch einmal."))],
    )
