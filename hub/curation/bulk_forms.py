"""The filters of the table, the change for the picked rows, and the sheet that comes back. Choices are passed in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, Form, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from hub.core.text import clean_line
from hub.curation.bulk_queries import NO_SECTION, Filters
from hub.curation.wishes import HOWS, Known, Wish
from hub.entries.models import KIND_LABELS, TAG_LENGTH, YEARS
from hub.entries.service.contributing import MOST_TAGS

LONGEST_SEARCH = 200
_TOO_LONG = _l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen.")


def _number(value: Any) -> int:
    text = str(value or "")
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


class FilterForm(Form):
    """What the table is narrowed to; anything odd does not narrow."""

    q = StringField(_l("Wörter"), [Length(max=LONGEST_SEARCH)], filters=[clean_line])
    collection = SelectField(_l("Sammlung"), coerce=_number, validate_choice=False)
    section = SelectField(_l("Abschnitt"), coerce=_number, validate_choice=False)
    kind = SelectField(_l("Art"), validate_choice=False)
    organisation = SelectField(_l("Stadt oder Stelle"), coerce=_number, validate_choice=False)
    year = StringField(_l("Jahr"), [Length(max=4)], filters=[clean_line])
    tag = StringField(_l("Schlagwort"), [Length(max=TAG_LENGTH)], filters=[clean_line])

    def __init__(self, values: Any, known: Known) -> None:
        super().__init__(values)
        self.collection.choices = [(0, _("Alle")), *known.collections.items()]
        home = self.collection.data or 0
        inside = [(number, title) for number, (of, title) in known.sections.items() if of == home]
        self.section.choices = [(0, _("Alle")), *inside, (NO_SECTION, _("Ohne Abschnitt"))]
        self.kind.choices = [("", _("Alle")), *((kind.value, str(label)) for kind, label in KIND_LABELS.items())]
        self.organisation.choices = [(0, _("Alle")), *known.organisations.items()]

    def filters_(self) -> Filters:
        """What narrows and exists."""
        year = _number(self.year.data)
        return Filters(
            collection=_offered(self.collection),
            section=_offered(self.section),
            kind=_offered(self.kind) or "",
            organisation=_offered(self.organisation),
            year=year if year in YEARS else 0,
            tag=(self.tag.data or "")[:TAG_LENGTH],
            q=(self.q.data or "")[:LONGEST_SEARCH],
        )


class WishForm(Form):
    """What changes in all picked entries; a field that is left as it is changes nothing."""

    collection_how = SelectField(_l("Sammlung"), default="")
    to = SelectField(_l("Welche Sammlung"), coerce=_number, default=0)
    out_of = SelectField(_l("Beim Verschieben: aus welcher Sammlung"), coerce=_number, default=0)
    new_section = SelectField(_l("Abschnitt"), default="")
    tags_added = StringField(_l("Schlagwörter hinzufügen"), [Length(max=1000, message=_TOO_LONG)])
    tags_removed = StringField(_l("Schlagwörter entfernen"), [Length(max=1000, message=_TOO_LONG)])
    new_organisation = SelectField(_l("Stadt oder Stelle"), coerce=_number, default=0)
    new_kind = SelectField(_l("Art"), default="")
    review_on = DateField(_l("Nächste Prüfung am"), [Optional()])

    def __init__(self, values: Any, known: Known, **given: Any) -> None:
        super().__init__(values, **given)
        unchanged = _("Bleibt, wie sie ist")
        self.collection_how.choices = [("", unchanged), *((how, str(label)) for how, label in HOWS.items())]
        self.to.choices = [(0, _("Bitte wählen")), *known.collections.items()]
        self.out_of.choices = [(0, _("Aus der ersten des Eintrags")), *known.collections.items()]
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Bleibt, wie er ist"))]}
        for home, title in known.collections.items():
            inside = [(f"{home}:{number}", name) for number, (of, name) in known.sections.items() if of == home]
            groups[title] = [(f"{home}:0", _("Ohne Abschnitt")), *inside]
        self.new_section.choices = groups
        self.new_organisation.choices = [(0, unchanged), *known.organisations.items()]
        self.new_kind.choices = [("", unchanged), *((kind.value, str(label)) for kind, label in KIND_LABELS.items())]

    def validate_to(self, field: SelectField) -> None:
        """How and which belong together."""
        if self.collection_how.data and not field.data:
            raise ValidationError(_("Bitte wählen Sie die Sammlung."))
        if field.data and not self.collection_how.data:
            raise ValidationError(_("Bitte wählen Sie, was mit dieser Sammlung geschehen soll."))

    def validate_tags_added(self, field: StringField) -> None:
        """Few enough, short enough."""
        names = _names(field.data)
        if len(names) > MOST_TAGS:
            raise ValidationError(_("Ein Eintrag hat höchstens %(n)s Schlagwörter.", n=MOST_TAGS))
        if any(len(name) > TAG_LENGTH for name in names):
            raise ValidationError(_("Ein Schlagwort hat höchstens %(n)s Zeichen.", n=TAG_LENGTH))

    def wish(self) -> Wish:
        """What is asked for."""
        home, _mark, section = (self.new_section.data or "").partition(":")
        return Wish(
            collection_how=self.collection_how.data or "",
            collection_id=self.to.data or 0,
            from_id=self.out_of.data or 0 if self.collection_how.data else 0,
            section=(int(home), int(section)) if home else None,
            tags_added=_names(self.tags_added.data),
            tags_removed=_names(self.tags_removed.data),
            organisation_id=self.new_organisation.data or 0,
            kind=self.new_kind.data or "",
            review_on=self.review_on.data.isoformat() if self.review_on.data else "",
        )


class SheetForm(Form):
    """The sheet that comes back."""

    file = FileField(_l("Bearbeitete Tabelle (XLSX)"))


def _names(text: str | None) -> tuple[str, ...]:
    parts = (text or "").replace(";", ",").replace("\n", ",").split(",")
    return tuple(dict.fromkeys(name for name in map(clean_line, parts) if name))


def _offered(field: SelectField) -> Any:
    return field.data if any(field.data == choice[0] for choice in field.choices) else type(field.choices[0][0])()
