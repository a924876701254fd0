"""Forms for asking, answering, reporting and removing. Choices are passed in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from hub.asking.models import LONG_LENGTH, QUESTION_LENGTH, WORDS_LENGTH, Audience
from hub.core.text import clean_line, clean_text

SHORTEST, ENTRY_LENGTH = 8, 500
TOO_LONG = _l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen.")
NOT_ON_LIST = _l("Bitte wählen Sie einen Wert aus der Liste.")
AUDIENCES = {
    Audience.ALL: _l("alle Städte und Stellen"),
    Audience.OFFICE: _l("nur die Geschäftsstelle"),
}


def _length(most: int) -> Length:
    return Length(max=most, message=TOO_LONG)


class QuestionForm(Form):
    """A question; ``words`` is the search it came from, ``seen`` the text for which possible answers were shown."""

    text = StringField(
        _l("Ihre Frage"),
        [DataRequired(_l("Bitte schreiben Sie, was Sie wissen möchten.")), _length(QUESTION_LENGTH)],
        filters=[clean_line],
    )
    explanation = TextAreaField(_l("Worum geht es genau?"), [_length(LONG_LENGTH)], filters=[clean_text])
    collection = SelectField(_l("Thema"), default="", invalid_choice_message=NOT_ON_LIST)
    audience = RadioField(
        _l("Wen möchten Sie fragen?"),
        choices=[SelectChoice(one.value, label) for one, label in AUDIENCES.items()],
        default=Audience.ALL.value,
        invalid_choice_message=NOT_ON_LIST,
    )
    words = StringField(
        "", [_length(WORDS_LENGTH)], widget=HiddenInput(), filters=[lambda text: clean_line(text)[:WORDS_LENGTH]]
    )
    seen = StringField(
        "", [_length(QUESTION_LENGTH)], widget=HiddenInput(), filters=[lambda text: clean_line(text)[:QUESTION_LENGTH]]
    )

    def __init__(self, formdata: Any = None, *, collections: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(formdata, **values)
        self.collection.choices = [SelectChoice("", _("Kein bestimmtes Thema"))]
        self.collection.choices += [SelectChoice(slug, title) for slug, title in collections]

    def validate_text(self, field: StringField) -> None:
        """A few letters are no question."""
        if field.data and len(field.data) < SHORTEST:
            raise ValidationError(_("Das ist sehr kurz. Bitte schreiben Sie einen Satz, den andere verstehen."))


class AnswerForm(Form):
    """An entry by its address or by words of it, or a short text."""

    entry = StringField(_l("Eintrag"), [_length(ENTRY_LENGTH)], filters=[clean_line])
    text = TextAreaField(_l("Kurze Antwort"), [_length(LONG_LENGTH)], filters=[clean_text])


class ReasonForm(Form):
    """Why a question is reported or removed."""

    reason = TextAreaField(
        _l("Warum?"),
        [DataRequired(_l("Bitte schreiben Sie in einem Satz, warum.")), _length(LONG_LENGTH)],
        filters=[clean_text],
    )
