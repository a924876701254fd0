"""The form for a term of a fixed list."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from hub.core.text import clean_line
from hub.entries.models import TERM_LENGTH


class TermForm(Form):
    """The word."""

    label = StringField(
        _l("Weiterer Begriff"),
        [
            DataRequired(_l("Bitte geben Sie einen Begriff ein.")),
            Length(max=TERM_LENGTH, message=_l("Der Begriff ist zu lang. Möglich sind %(max)d Zeichen.")),
        ],
        filters=[clean_line],
    )
