"""The forms for page texts and for notices on the start page."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from hub.web.numbers import LARGEST, RowNumberField

LONGEST_TEXT, NOTICE_LENGTH = 100_000, 600
_DAY = _l("Bitte geben Sie einen Tag an, zum Beispiel 2026-03-01.")


class PageTextForm(Form):
    """The text in markdown; ``mark`` stands for the text it was made from."""

    body = TextAreaField(
        _l("Text"),
        [
            InputRequired(_l("Bitte geben Sie einen Text ein.")),
            Length(max=LONGEST_TEXT, message=_l("Der Text ist zu lang. Möglich sind 100.000 Zeichen.")),
        ],
    )
    mark = HiddenField()


class DayField(DateField):
    """A day as the browser sends it; anything else is refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_DAY) from None


class NoticeForm(Form):
    """A few sentences in markdown and the days on which they are seen; ``version`` is 0 for a new notice."""

    body = TextAreaField(
        _l("Hinweis"),
        [
            InputRequired(_l("Bitte geben Sie einen Text ein.")),
            Length(max=NOTICE_LENGTH, message=_l("Der Hinweis ist zu lang. Möglich sind 600 Zeichen.")),
        ],
    )
    first_on = DayField(_l("Zu sehen ab"), [InputRequired(_DAY)])
    last_on = DayField(_l("Zu sehen bis einschließlich"), [Optional()])
    version = RowNumberField(widget=HiddenInput(), validators=[Optional(), NumberRange(min=0, max=LARGEST)], default=0)
