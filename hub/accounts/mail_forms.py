"""Forms about the address of an account and the letters that go there."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from hub.accounts.forms import LONGEST_EMAIL, TOO_LONG
from hub.core.text import clean_line

VALIDATORS = [
    InputRequired(_l("Bitte geben Sie Ihre E-Mail-Adresse ein.")),
    Length(max=LONGEST_EMAIL, message=TOO_LONG),
]


class AddressForm(Form):
    """One mail address, of which only the shape is checked."""

    email = StringField(_l("Dienstliche E-Mail-Adresse"), VALIDATORS, filters=[clean_line])

    def validate_email(self, field: StringField) -> None:
        """Whether there is an account, or whether a letter arrives, this form does not know."""
        try:
            validate_email(field.data or "", check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(_("Das ist keine E-Mail-Adresse. Sie sieht so aus: name@stadt.de")) from None


class NewAddressForm(AddressForm):
    """The address that is to take the place of the present one."""

    email = StringField(_l("Neue dienstliche E-Mail-Adresse"), VALIDATORS, filters=[clean_line])


class LettersForm(Form):
    """Which letters a person wants."""

    about_entries = BooleanField(_l("E-Mails zu meinen Beiträgen und Fragen"))
    about_questions = BooleanField(_l("E-Mails, wenn jemand alle fragt"))
