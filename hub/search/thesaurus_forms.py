"""The form for a concept. Names of other concepts are passed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from hub.core.text import clean_line
from hub.indexing.words import fold
from hub.search.concepts import MOST_LABELS, ConceptDetails
from hub.search.models import LABEL_LENGTH, NOTE_LENGTH
from hub.search.sampling import LONGEST_SAMPLE
from hub.web.numbers import LARGEST, RowNumberField

_SEPARATOR = ";"
_MOST_TEXT = LABEL_LENGTH * MOST_LABELS
_TOO_LONG = _l("Eine Bezeichnung ist zu lang. Möglich sind 120 Zeichen.")


def _short_lines(_form: Form, field: TextAreaField) -> None:
    if any(len(line) > LABEL_LENGTH for line in _lines(field.data)):
        raise ValidationError(_TOO_LONG)


def _labels_field(label: Any) -> TextAreaField:
    return TextAreaField(label, [_short_lines, Length(max=_MOST_TEXT, message=_l("Das sind zu viele Bezeichnungen."))])


def _relations_field(label: Any) -> SelectMultipleField:
    return SelectMultipleField(label, widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False)


class ConceptForm(Form):
    """Labels one a line; relations as ticks to loosen and names to add."""

    name = StringField(
        _l("Bevorzugte Bezeichnung"),
        [
            DataRequired(_l("Bitte geben Sie eine Bezeichnung ein.")),
            Length(max=LABEL_LENGTH, message=_TOO_LONG),
        ],
        filters=[clean_line],
    )
    german = _labels_field(_l("Weitere deutsche Bezeichnungen"))
    english = _labels_field(_l("Englische Bezeichnungen"))
    french = _labels_field(_l("Französische Bezeichnungen"))
    broader = _relations_field(_l("Oberbegriffe"))
    more_broader = StringField(_l("Oberbegriff hinzufügen"), [Length(max=1000, message=_l("Das ist zu lang."))])
    related = _relations_field(_l("Verwandte Begriffe"))
    more_related = StringField(_l("Verwandten Begriff hinzufügen"), [Length(max=1000, message=_l("Das ist zu lang."))])
    note = TextAreaField(
        _l("Anmerkung"), [Length(max=NOTE_LENGTH, message=_l("Die Anmerkung ist zu lang. Möglich sind 1.000 Zeichen."))]
    )
    sample = StringField(_l("Probesuche"), [Length(max=LONGEST_SAMPLE, message=_l("Möglich sind 200 Zeichen."))])
    version = RowNumberField(widget=HiddenInput(), validators=[Optional(), NumberRange(min=1, max=LARGEST)])

    def __init__(self, formdata: Any = None, *, names: Mapping[str, str], data: dict[str, Any] | None = None) -> None:
        super().__init__(formdata, data=data)
        self.names = names
        self._keys = {fold(name): key for key, name in reversed(list(names.items()))}
        for ticks in (self.broader, self.related):
            ticks.data = [key for key in ticks.data or () if key in names]
            ticks.choices = [SelectChoice(key, names[key]) for key in ticks.data]

    def validate_more_broader(self, field: StringField) -> None:
        """Every name to add is that of a concept."""
        self._refuse_unknown(field)

    def validate_more_related(self, field: StringField) -> None:
        """Every name to add is that of a concept."""
        self._refuse_unknown(field)

    def details(self) -> ConceptDetails:
        """What the form says; call it after validation."""
        labels = {
            "de": (self.name.data or "", *_lines(self.german.data)),
            "en": tuple(_lines(self.english.data)),
            "fr": tuple(_lines(self.french.data)),
        }
        return ConceptDetails(
            labels=labels,
            broader=(*self.broader.data, *self._added(self.more_broader)),
            related=(*self.related.data, *self._added(self.more_related)),
            note=self.note.data or "",
        )

    def _added(self, field: StringField) -> Iterable[str]:
        return (self._keys[fold(name)] for name in _names_of(field.data) if fold(name) in self._keys)

    def _refuse_unknown(self, field: StringField) -> None:
        for name in _names_of(field.data):
            if fold(name) not in self._keys:
                raise ValidationError(_("Diesen Begriff gibt es nicht: %(name)s", name=name))


def filled_in(details: ConceptDetails, version: int | None = None) -> dict[str, Any]:
    """The values of the form for a concept."""
    german = details.labels.get("de", ())
    return {
        "name": german[0] if german else "",
        "german": "\n".join(german[1:]),
        "english": "\n".join(details.labels.get("en", ())),
        "french": "\n".join(details.labels.get("fr", ())),
        "broader": list(details.broader),
        "related": list(details.related),
        "note": details.note,
        "version": version,
    }


def _lines(text: str | None) -> list[str]:
    return [line for raw in (text or "").splitlines() if (line := clean_line(raw))]


def _names_of(text: str | None) -> list[str]:
    return [name for raw in (text or "").split(_SEPARATOR) if (name := clean_line(raw))]
