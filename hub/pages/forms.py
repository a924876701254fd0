"""The form for a page text."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

LONGEST_TEXT = 100_000


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
