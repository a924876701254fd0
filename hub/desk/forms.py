"""The words that go with a decision."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, TextAreaField
from wtforms.validators import Length

from hub.core.text import clean_text

WORDS_LENGTH = 2000


class WordsForm(Form):
    """What the person concerned reads."""

    text = TextAreaField(
        _l("Nachricht"),
        [Length(max=WORDS_LENGTH, message=_l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen."))],
        filters=[clean_text],
    )
