"""Forms about accounts. Choices are passed in; what needs the database is checked by the services."""

from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    FloatField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput, TextInput

from hub.core.text import clean_line

LONGEST_EMAIL, LONGEST_NAME, LONGEST_LIST = 254, 120, 200_000
TOO_LONG = _l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen.")
NEEDS_NAME = DataRequired(_l("Bitte geben Sie einen Namen ein."))
NAME_LENGTH = Length(min=1, max=LONGEST_NAME, message=_l("Ein Name hat 1 bis %(max)d Zeichen."))
Choices = Sequence[tuple[Any, Any]]


class ListField(SelectField):
    """One value of a list; anything else is refused in our words."""

    def pre_validate(self, form: Form) -> None:
        """The value must stand in the list."""
        if not any(chosen for _value, _label, chosen, *_rest in self.iter_choices()):
            raise ValidationError(_("Bitte wählen Sie einen Wert aus der Liste."))


class DegreeField(FloatField):
    """A number with comma or point; a text field, because browsers empty a number field that holds a comma."""

    widget = TextInput()

    def _value(self) -> str:
        text = super()._value()
        has_comma = not self.raw_data and str(get_locale()).startswith("de")
        return text.replace(".", ",") if has_comma else text

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; says in our words what is wrong."""
        try:
            super().process_formdata([value.replace(",", ".") for value in valuelist])
        except ValueError:
            raise ValueError(_("Bitte geben Sie eine Zahl ein, zum Beispiel 7,01.")) from None


def to_number(value: Any) -> int | None:
    """The number of a choice; None for an empty one."""
    return int(value) if str(value).isascii() and str(value).isdigit() else None


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


class ConfirmForm(Form):
    """The password once more, before a sensitive step."""

    password = PasswordField(_l("Passwort"), [InputRequired(_l("Bitte geben Sie Ihr Passwort ein."))])


CODE_NEEDED = InputRequired(_l("Bitte geben Sie einen Code ein."))
CODE_LENGTH = Length(max=60, message=_l("Das ist kein Code."))


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(_l("Code aus der App"), [CODE_NEEDED, CODE_LENGTH], filters=[clean_line])


class RecoveryForm(Form):
    """The same field for the paper in the drawer."""

    code = StringField(_l("Wiederherstellungscode"), [CODE_NEEDED, CODE_LENGTH], filters=[clean_line], id="recovery")


class PasskeyForm(Form):
    """What the browser answers about a passkey, as JSON; script fills it in."""

    credential = HiddenField()
    name = StringField(_l("Name"), [Length(max=80, message=TOO_LONG)], filters=[clean_line])


class FirstPasswordForm(Form):
    """A new password, typed twice because nobody can read it."""

    new_password = PasswordField(_l("Neues Passwort"), [InputRequired(_l("Bitte geben Sie ein Passwort ein."))])
    repeated_password = PasswordField(
        _l("Neues Passwort noch einmal"),
        [EqualTo("new_password", _l("Die beiden Eingaben stimmen nicht überein. Bitte tippen Sie beide noch einmal."))],
    )


class NewPasswordForm(FirstPasswordForm):
    """A new password in place of the present one; ``has_password`` is False for accounts that had none yet."""

    current_password = PasswordField(_l("Bisheriges Passwort"))

    def __init__(self, formdata: Any, has_password: bool) -> None:
        super().__init__(formdata)
        self.has_password = has_password

    def validate_current_password(self, field: PasswordField) -> None:
        """Needed only where there is one."""
        if self.has_password and not field.data:
            raise ValidationError(_("Bitte geben Sie Ihr bisheriges Passwort ein."))


class NameForm(Form):
    """How a person is shown."""

    name = StringField(_l("Name"), [NEEDS_NAME, NAME_LENGTH], filters=[clean_line])


class AcceptForm(NameForm, FirstPasswordForm):
    """An invited person begins: name, password, and the terms of use unless agreed to before."""

    agrees = BooleanField(_l("Ich habe die Nutzungsbedingungen gelesen und stimme ihnen zu."))
    terms = IntegerField(widget=HiddenInput())

    def __init__(self, formdata: Any, needs_agreement: bool, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.needs_agreement = needs_agreement

    def validate_agrees(self, field: BooleanField) -> None:
        """Without agreeing there is no account."""
        if self.needs_agreement and not field.data:
            raise ValidationError(
                _("Bitte stimmen Sie den Nutzungsbedingungen zu; sonst können wir Sie nicht aufnehmen.")
            )


class TermsForm(Form):
    """Agreeing to terms of use that have changed; ``terms`` is the version that was shown."""

    agrees = BooleanField(
        _l("Ich habe die Nutzungsbedingungen gelesen und stimme ihnen zu."),
        [InputRequired(_l("Bitte setzen Sie den Haken, wenn Sie zustimmen."))],
    )
    terms = IntegerField(widget=HiddenInput())
    next = HiddenField()


class RequestForm(NameForm):
    """Asking for access."""

    email = StringField(
        _l("Dienstliche E-Mail-Adresse"),
        [InputRequired(_l("Bitte geben Sie Ihre E-Mail-Adresse ein.")), Length(max=LONGEST_EMAIL, message=TOO_LONG)],
        filters=[clean_line],
    )
    agrees = BooleanField(
        _l("Ich habe die Nutzungsbedingungen gelesen und stimme ihnen zu."),
        [InputRequired(_l("Bitte stimmen Sie den Nutzungsbedingungen zu; sonst können wir Sie nicht aufnehmen."))],
    )
    terms = IntegerField(widget=HiddenInput())

    def validate_email(self, field: StringField) -> None:
        """Only the shape."""
        check_email(field.data or "")


class DomainsForm(Form):
    """The mail domains of an organisation, one a line."""

    domains = TextAreaField(_l("Mail-Domains"), [Length(max=5000, message=_l("Das ist zu lang."))])


class LeaveForm(Form):
    """Who takes over what a person looked after."""

    successor = ListField(_l("Wer übernimmt die Einträge?"), coerce=to_number)

    def __init__(self, formdata: Any, successors: Choices) -> None:
        super().__init__(formdata)
        self.successor.choices = successors


class ListForm(Form):
    """A list of people, pasted or as a file."""

    people = TextAreaField(_l("Liste einfügen"), [Length(max=LONGEST_LIST, message=_l("Die Liste ist zu lang."))])
    file = FileField(_l("Oder eine Datei wählen (CSV oder XLSX)"))
    organisation = ListField(_l("Mitglied für Zeilen ohne Angabe"), coerce=to_number)

    def __init__(self, formdata: Any, organisations: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.organisation.choices = organisations
        if len(organisations) < 2:  # a coordination: every line is for its own
            del self.organisation


class VersionedForm(Form):
    """A form that knows which state of a row it was filled from."""

    version = IntegerField(widget=HiddenInput())

    def known_version(self) -> int:
        """The version the person saw; 0, which no row has, when the form does not say."""
        return (self.version.data or 0) if self.version.raw_data else 0

    def accept_version(self, version: int) -> None:
        """The person has been shown this newer state; sending the form again may replace it."""
        self.version.data, self.version.raw_data = version, None


class TendedPersonForm(NameForm, VersionedForm):
    """What coordinations and editors can change of an account."""


class PersonForm(TendedPersonForm):
    """What the administration can change of an account."""

    organisation = ListField(_l("Mitglied"), [InputRequired(_l("Bitte wählen Sie ein Mitglied."))], coerce=to_number)
    role = ListField(_l("Rolle"))

    def __init__(self, formdata: Any, organisations: Choices, roles: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.organisation.choices = organisations
        self.role.choices = roles


class InviteForm(PersonForm):
    """A new account."""

    email = StringField(
        _l("Dienstliche E-Mail-Adresse"),
        [InputRequired(_l("Bitte geben Sie eine E-Mail-Adresse ein.")), Length(max=LONGEST_EMAIL, message=TOO_LONG)],
        filters=[clean_line],
    )

    def validate_email(self, field: StringField) -> None:
        """Only the shape: whether a letter arrives nobody can know before it is sent."""
        address = field.data or ""
        try:
            validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(_reason(address)) from None


class OrganisationForm(VersionedForm):
    """A member city or body, with its place on the map."""

    name = StringField(_l("Name"), [NEEDS_NAME, NAME_LENGTH], filters=[clean_line])
    kind = ListField(_l("Art"))
    longitude = DegreeField(_l("Längengrad"), [Optional(), NumberRange(-180, 180, _l("Möglich sind -180 bis 180."))])
    latitude = DegreeField(_l("Breitengrad"), [Optional(), NumberRange(-90, 90, _l("Möglich sind -90 bis 90."))])

    def __init__(self, formdata: Any, kinds: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.kind.choices = kinds

    def validate(self, extra_validators: Any = None) -> bool:
        """A place needs both numbers; a check of one field would not run when that field is empty."""
        is_fine = super().validate(extra_validators)
        if is_fine and (self.latitude.data is None) != (self.longitude.data is None):
            self.latitude.errors = [_("Bitte geben Sie Längen- und Breitengrad an oder keines von beiden.")]
        return is_fine and not self.latitude.errors


def check_email(address: str) -> None:
    """Raise ValidationError with what is wrong with the shape of an address."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError(_reason(address)) from None


def _reason(address: str) -> str:
    if "@" in address and "." not in address.rpartition("@")[2]:
        return _("Die Adresse ist unvollständig. Es fehlt die Endung, zum Beispiel „.de“.")
    return _("Das ist keine E-Mail-Adresse. Sie sieht so aus: name@stadt.de")
