"""The form fields of details: each shape has one. A list that the office keeps empty takes free text."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget, Select, TextArea, TextInput

from hub.core.text import clean_line, clean_text
from hub.entries.details import LONGEST_TEXT, LONGEST_VALUE, MOST_VALUES, Detail, Shape

NOT_ON_LIST = _l("Bitte wählen Sie einen Wert aus der Liste.")
TOO_LONG = _l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen.")


class TermField(SelectField):
    """One term of a list, or the one the entry carries already."""

    widget = TextInput()
    terms: Sequence[str] = ()

    def offer(self, terms: Sequence[str]) -> None:
        """The list to choose from; what the entry carries stays possible."""
        kept = [self.object_data] if self.object_data else []
        self.terms = list(dict.fromkeys([*terms, *kept])) if terms else ()
        self.choices = [SelectChoice("", _("Keine Angabe")), *(SelectChoice(term, term) for term in self.terms)]
        if self.terms:
            self.widget = Select()

    def process_data(self, value: Any) -> None:
        """A value that was stored as a list counts by its first."""
        self.data = (value[0] if value else "") if isinstance(value, list) else value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was chosen; nothing when the field was not sent."""
        self.data = clean_line(valuelist[0]) if valuelist else ""

    def iter_choices(self) -> Iterator[Choice]:
        """Every term; one that is not on the list is shown too, so that nothing typed is lost."""
        for offered in self.choices:
            yield Choice(offered.value, offered.label, offered.value == self.data, {})
        if self.data and self.data not in self.terms:
            yield Choice(self.data, self.data, True, {})

    def pre_validate(self, form: Any) -> None:
        """Only terms of the list, where there is one."""
        if self.data and self.terms and self.data not in self.terms:
            raise ValidationError(str(NOT_ON_LIST))

    def _value(self) -> str:
        return self.data or ""


class TermsField(SelectMultipleField):
    """Several terms of a list, and those the entry carries already."""

    widget = TextArea()
    option_widget = CheckboxInput()
    terms: Sequence[str] = ()

    def offer(self, terms: Sequence[str]) -> None:
        """The list to choose from; what the entry carries stays possible."""
        kept = self._lines([self.object_data]) if isinstance(self.object_data, str) else list(self.object_data or ())
        self.terms = list(dict.fromkeys([*terms, *kept])) if terms else ()
        shown = dict.fromkeys([*self.terms, *(self.data or ())])
        self.choices = [SelectChoice(term, term) for term in shown]
        if self.terms:
            self.widget = ListWidget(prefix_label=False)

    def process_data(self, value: Any) -> None:
        """A text counts line by line."""
        self.data = self._lines([value]) if isinstance(value, str) else list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was ticked, or written line by line."""
        self.data = self._lines(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Only terms of the list, where there is one."""
        if self.terms and set(self.data or ()) - set(self.terms):
            raise ValidationError(str(NOT_ON_LIST))

    @staticmethod
    def _lines(values: Sequence[str]) -> list[str]:
        lines = (clean_line(line) for value in values for line in value.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def _value(self) -> str:
        return "\n".join(self.data or ())


def field_of(detail: Detail) -> Field:
    """The field of a detail, not yet bound to a form."""
    if detail.shape == Shape.TERM:
        return TermField(detail.label, [Length(max=LONGEST_VALUE, message=TOO_LONG)], description=detail.example)
    if detail.shape == Shape.TERMS:
        return TermsField(detail.label, description=detail.example)
    if detail.shape == Shape.LINE:
        most, kind, tidy = LONGEST_VALUE, StringField, clean_line
    else:
        most = LONGEST_VALUE * MOST_VALUES if detail.is_list else LONGEST_TEXT
        kind, tidy = TextAreaField, clean_text
    return kind(detail.label, [Length(max=most, message=TOO_LONG)], filters=[tidy], description=detail.example)
