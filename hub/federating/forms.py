"""The form of a provider. What the provider itself says is asked of it, not typed."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from hub.core.text import clean_line
from hub.federating.models import NEWCOMERS

TOO_LONG = _l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen.")
_PLAIN = re.compile(r"[\x21-\x7e]*")


def _number(value: Any) -> int | None:
    return int(value) if str(value).isascii() and str(value).isdigit() else None


def _tidy(value: str | None) -> str:
    return (value or "").strip()


def _plain(_form: Form, field: StringField) -> None:
    if not _PLAIN.fullmatch(field.data or ""):
        raise ValidationError(_("Hier stehen nur Buchstaben ohne Umlaute, Ziffern und Zeichen, ohne Leerzeichen."))


class ProviderForm(Form):
    """What an administrator says of a provider."""

    name = StringField(
        _l("Name auf dem Knopf"),
        [DataRequired(_l("Bitte geben Sie einen Namen ein.")), Length(max=80, message=TOO_LONG)],
        filters=[clean_line],
    )
    organisation = SelectField(_l("Mitglied"), coerce=_number, validate_choice=False)
    issuer = StringField(
        _l("Aussteller (Issuer)"),
        [
            InputRequired(_l("Bitte geben Sie die Adresse des Ausstellers ein.")),
            Length(max=300, message=TOO_LONG),
            _plain,
        ],
        filters=[_tidy],
    )
    client_id = StringField(
        _l("Client-ID"),
        [InputRequired(_l("Bitte geben Sie die Client-ID ein.")), Length(max=200, message=TOO_LONG), _plain],
        filters=[_tidy],
    )
    client_secret = PasswordField(_l("Client-Secret"), [Length(max=500, message=TOO_LONG), _plain], filters=[_tidy])
    newcomers = RadioField(_l("Wer zum ersten Mal kommt"), validate_choice=False)
    trusts_email = BooleanField(_l("Bestätigte E-Mail-Adressen dieses Dienstes gelten für Konten des Mitglieds"))
    checks_factor = BooleanField(_l("Prüft selbst den zweiten Faktor"))
    factor_acr = StringField(
        _l("acr-Wert für zwei Faktoren"), [Length(max=200, message=TOO_LONG), _plain], filters=[_tidy]
    )
    version = IntegerField(widget=HiddenInput())

    def __init__(self, formdata: Any, organisations: list[tuple[Any, Any]], **values: Any) -> None:
        super().__init__(formdata, **values)
        self.organisation.choices = organisations
        self.newcomers.choices = list(NEWCOMERS.items())

    def validate_organisation(self, field: SelectField) -> None:
        """One of the list."""
        if field.data is None or field.data not in {value for value, _label in field.choices}:
            raise ValidationError(_("Bitte wählen Sie ein Mitglied."))

    def validate_newcomers(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in NEWCOMERS:
            raise ValidationError(_("Bitte wählen Sie einen Wert aus der Liste."))

    def known_version(self) -> int:
        """The version the person saw; 0, which no row has, when the form does not say."""
        return (self.version.data or 0) if self.version.raw_data else 0

    def accept_version(self, version: int) -> None:
        """The person has been shown this newer state; sending the form again may replace it."""
        self.version.data, self.version.raw_data = version, None
