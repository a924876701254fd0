"""The words that go with a decision, and the collection that submissions move to."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.core.text import clean_text

WORDS_LENGTH = 2000


class WordsForm(Form):
    """What the person concerned reads."""

    text = TextAreaField(
        _l("Nachricht"),
        [Length(max=WORDS_LENGTH, message=_l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen."))],
        filters=[clean_text],
    )


class PlaceForm(Form):
    """The collection."""

    collection = SelectField(_l("Sammlung"), [DataRequired(_l("Bitte wählen Sie eine Sammlung."))])

    def __init__(self, *args: Any, collections: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.collection.choices = [("", _l("Bitte wählen")), *collections]
