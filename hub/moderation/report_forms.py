"""The forms of readers who report something, and the answer that goes back to them."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from hub.core.address import is_web_address, web_address
from hub.core.text import clean_line, clean_text
from hub.entries.models import LANGUAGE_LABELS, LINE_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, URL_LENGTH, YEARS
from hub.moderation.models import REASON_LABELS, SPEAKS_FOR_ITSELF

TEXT_LENGTH, ANSWER_LENGTH, MOST_TAGS, TAG_LENGTH = 2000, 2000, 20, 80
NOT_ON_LIST = _l("Bitte wählen Sie einen Wert aus der Liste.")
_TAG_ENDS = re.compile(r"[,;\n]")


def _length(most: int) -> Length:
    return Length(max=most, message=_l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen."))


class ReportForm(Form):
    """What is wrong with an entry."""

    reason = RadioField(
        _l("Was stimmt nicht?"),
        [DataRequired(_l("Bitte wählen Sie, was nicht stimmt."))],
        choices=[SelectChoice(reason.value, label) for reason, label in REASON_LABELS.items()],
        invalid_choice_message=NOT_ON_LIST,
    )
    text = TextAreaField(_l("Was genau?"), [_length(TEXT_LENGTH)], filters=[clean_text])

    def validate_text(self, field: TextAreaField) -> None:
        """Most reasons need a sentence to be understood."""
        if not field.data and self.reason.data and self.reason.data not in SPEAKS_FOR_ITSELF:
            raise ValidationError(_("Bitte schreiben Sie in einem Satz dazu, was Sie meinen."))


class ProposalForm(Form):
    """How an entry should read; filled with what stands there."""

    title = StringField(
        _l("Titel"), [DataRequired(_l("Ein Eintrag braucht einen Titel.")), _length(TITLE_LENGTH)], filters=[clean_line]
    )
    url = StringField(_l("Link"), [_length(URL_LENGTH)], filters=[web_address])
    summary = TextAreaField(_l("Worum geht es?"), [_length(SUMMARY_LENGTH)], filters=[clean_text])
    publisher = StringField(_l("Herausgegeben von"), [_length(LINE_LENGTH)], filters=[clean_line])
    year = StringField(_l("Erschienen im Jahr"), filters=[clean_line])
    language = SelectField(_l("Sprache"), invalid_choice_message=NOT_ON_LIST)
    tags = StringField(_l("Schlagwörter"), filters=[clean_line])
    text = TextAreaField(_l("Warum?"), [_length(TEXT_LENGTH)], filters=[clean_text])

    def __init__(self, formdata: Any = None, *, known: str = "de", **values: Any) -> None:
        super().__init__(formdata, **values)
        self.language.choices = [SelectChoice(code, label) for code, label in LANGUAGE_LABELS.items()]
        if known not in LANGUAGE_LABELS:
            self.language.choices.append(SelectChoice(known, known))

    def validate_url(self, field: StringField) -> None:
        """In words instead of a pattern."""
        if field.data and not is_web_address(field.data):
            raise ValidationError(_("Bitte geben Sie eine Webadresse an, zum Beispiel https://www.example.org/seite."))

    def validate_year(self, field: StringField) -> None:
        """Four digits in the range the table holds."""
        text = field.data or ""
        if text and not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS):
            raise ValidationError(_("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2026."))

    def validate_tags(self, field: StringField) -> None:
        """Neither more nor longer than can be kept."""
        if len(self.tag_names()) > MOST_TAGS:
            raise ValidationError(_("Bitte nennen Sie höchstens %(max)d Schlagwörter.", max=MOST_TAGS))
        if any(len(name) > TAG_LENGTH for name in self.tag_names()):
            raise ValidationError(_("Ein Schlagwort darf höchstens %(max)d Zeichen haben.", max=TAG_LENGTH))

    def tag_names(self) -> list[str]:
        """The keywords one by one."""
        return [name for name in map(clean_line, _TAG_ENDS.split(self.tags.data or "")) if name]

    def proposed(self) -> dict[str, Any]:
        """The values by field."""
        names = ("title", "url", "summary", "publisher", "year", "language")
        return {name: self[name].data or "" for name in names} | {"tags": self.tag_names()}


class AnswerForm(Form):
    """What the reporter reads; ``entry_version`` is the state of the entry that the difference was shown for."""

    answer = TextAreaField(_l("Antwort"), [_length(ANSWER_LENGTH)], filters=[clean_text])
    entry_version = IntegerField(widget=HiddenInput(), default=0)

    def stand_at(self, report_id: int) -> "AnswerForm":
        """Many of these forms share a page; the number keeps their fields apart."""
        for field in self:
            field.id = field.label.field_id = f"{field.name}-{report_id}"
        return self
