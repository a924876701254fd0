"""What the audit page can be narrowed by."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from hub.web.numbers import LARGEST, RowNumberField

_DAY = _l("Bitte geben Sie einen Tag an, zum Beispiel 2026-03-01.")


class DayField(DateField):
    """A day as the browser sends it; anything else is refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_DAY) from None


class WantedForm(Form):
    """Who, what, which thing, when; sent by GET, so that a view can be kept as a link."""

    who = StringField(_l("Wer"), [Length(max=200)])
    action = SelectField(_l("Was"), validate_choice=False)
    thing = SelectField(_l("Woran"), validate_choice=False)
    number = RowNumberField(_l("Nummer"), [Optional(), NumberRange(min=1, max=LARGEST)])
    first = DayField(_l("Vom"), [Optional()])
    last = DayField(_l("Bis zum"), [Optional()])
