"""The form in which an organisation says what it does with a method or project. Choices are passed in."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from hub.core import clock
from hub.core.text import clean_line, clean_text
from hub.entries.forms import NOT_ON_LIST, TOO_LONG, OrganisationChoice, ReviewField
from hub.entries.models import CONTACT_LENGTH, EXPERIENCE_LENGTH, PRACTICE_LABELS, PracticeState

FIRST_YEAR, YEARS_AHEAD = 1900, 20
LONGEST_REVIEW = timedelta(days=3 * 366)
# Nothing that would mean more than an address behind "mailto:".
_PLAIN_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


class PracticeForm(Form):
    """How far the organisation is, since when, what it learned and whom to ask there."""

    organisation = SelectField(_l("Stadt oder Stelle"), invalid_choice_message=NOT_ON_LIST)
    state = RadioField(
        _l("Wie weit sind Sie damit?"),
        [DataRequired(_l("Bitte wählen Sie, wie weit Sie sind."))],
        choices=[SelectChoice(state.value, label) for state, label in PRACTICE_LABELS.items()],
        default=PracticeState.RUNNING.value,
        invalid_choice_message=NOT_ON_LIST,
    )
    since_year = StringField(
        _l("Seit dem Jahr"), [DataRequired(_l("Bitte geben Sie das Jahr an."))], filters=[clean_line]
    )
    since_month = SelectField(_l("Monat"), default="", invalid_choice_message=NOT_ON_LIST)
    experience = TextAreaField(
        _l("Ihre Erfahrung"),
        [
            DataRequired(_l("Bitte schreiben Sie ein bis zwei Sätze.")),
            Length(max=EXPERIENCE_LENGTH, message=TOO_LONG),
        ],
        filters=[clean_text],
    )
    contact = StringField(
        _l("Ansprechstelle (keine Person)"),
        [DataRequired(_l("Bitte nennen Sie eine Stelle.")), Length(max=CONTACT_LENGTH, message=TOO_LONG)],
        filters=[clean_line],
    )
    contact_email = StringField(_l("Funktionspostfach"), [Length(max=254, message=TOO_LONG)], filters=[clean_line])
    review_on = ReviewField(_l("Wieder prüfen am"), format=["%Y-%m-%d", "%d.%m.%Y"])
    version = IntegerField(widget=HiddenInput(), default=0)

    def __init__(
        self, formdata: Any = None, *, organisations: Sequence[OrganisationChoice] = (), **values: Any
    ) -> None:
        super().__init__(formdata, **values)
        if organisations:
            self.organisation.choices = [
                SelectChoice("", _("Bitte wählen")),
                *(SelectChoice(str(choice.id), choice.label) for choice in organisations),
            ]
        else:
            del self.organisation
        names = get_locale().months["stand-alone"]["wide"]
        self.since_month.choices = [
            SelectChoice("", _("Keine Angabe")),
            *(SelectChoice(str(number), names[number]) for number in range(1, 13)),
        ]

    def validate_organisation(self, field: SelectField) -> None:
        """The empty line is a prompt, not a choice."""
        if not field.data:
            raise ValidationError(_("Bitte wählen Sie eine Organisation."))

    def validate_since_year(self, field: StringField) -> None:
        """Four digits; only what is planned may lie ahead."""
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError(_("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2026."))
        this_year = clock.today().year
        if not FIRST_YEAR <= int(text) <= this_year + YEARS_AHEAD:
            raise ValidationError(
                _(
                    "Bitte geben Sie ein Jahr zwischen %(first)d und %(last)d an.",
                    first=FIRST_YEAR,
                    last=this_year + YEARS_AHEAD,
                )
            )
        if int(text) > this_year and self.state.data != PracticeState.PLANNED:
            raise ValidationError(_("Das Jahr liegt in der Zukunft. Dann ist es noch „geplant“."))

    def validate_contact_email(self, field: StringField) -> None:
        """Only the shape: whether a letter arrives nobody can know before it is sent."""
        if not field.data:
            return
        try:
            validate_email(field.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            is_address = False
        else:
            is_address = _PLAIN_ADDRESS.fullmatch(field.data) is not None
        if not is_address:
            raise ValidationError(_("Das ist keine E-Mail-Adresse. Sie sieht so aus: praevention@stadt.de"))

    def validate_contact(self, field: StringField) -> None:
        """The mailbox has a field of its own."""
        if "@" in (field.data or ""):
            raise ValidationError(_("Bitte nennen Sie hier die Stelle; die Adresse gehört in das nächste Feld."))

    def validate_review_on(self, field: DateField) -> None:
        """Ahead, and not too far."""
        if field.data and not clock.today() < field.data <= clock.today() + LONGEST_REVIEW:
            raise ValidationError(_("Bitte wählen Sie einen Tag in den nächsten drei Jahren."))

    def known_version(self) -> int:
        """The version the person saw; 0, which no row has, when the form does not say."""
        return self.version.data or 0

    def accept_version(self, version: int) -> None:
        """The person has been shown this newer state; sending the form again may replace it."""
        self.version.data, self.version.raw_data = version, None
