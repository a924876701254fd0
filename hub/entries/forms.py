"""The form for adding and editing an entry, and the small form for archiving one. Choices are passed in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Form,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput, Select

from hub.core.address import is_web_address, web_address
from hub.core.text import clean_line, clean_text
from hub.entries.detail_fields import NOT_ON_LIST, TOO_LONG, field_of
from hub.entries.details import DETAILS, RATING_LEVELS, clean_details, every_detail
from hub.entries.models import (
    COVERAGE_LABELS,
    KIND_LABELS,
    LANGUAGE_LABELS,
    LINE_LENGTH,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    YEARS,
    Kind,
)
from hub.entries.ris import MOST_BYTES

MOST_TAGS, TAG_LENGTH, REASON_LENGTH = 20, 80, 2000
DETAIL = "detail_"
_TAG_ENDS = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class CollectionChoice:
    """A collection with the titles of its sections."""

    id: int
    slug: str
    title: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganisationChoice:
    """An organisation; ``name`` is what people type, ``label`` what they read."""

    id: int
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person may choose from; without organisations the entry belongs to the person's own.

    ``terms`` are the fixed lists by name of the field, ``find_used`` what others entered in free ones: asked only when
    the form is shown.
    """

    collections: Sequence[CollectionChoice]
    organisations: Sequence[OrganisationChoice] = ()
    terms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    find_used: Callable[[], Mapping[str, Sequence[str]]] = dict


class CollectionsField(SelectMultipleField):
    """One or more collections. The closed list shows the first, where the entry is filed; ``others`` the rest."""

    widget = Select()

    def iter_choices(self) -> Iterator[Choice]:
        """An empty line, then every collection with the first one chosen."""
        first = self.data[0] if self.data else ""
        yield Choice("", _("Bitte wählen"), not first, {})
        for offered in self.choices:
            yield Choice(offered.value, offered.label, offered.value == first, {})

    def others(self) -> list[tuple[str, str, bool]]:
        """Address, title and whether it is ticked, for the further collections."""
        further = (self.data or [])[1:]
        return [(offered.value, offered.label, offered.value in further) for offered in self.choices]


class SectionField(SelectField):
    """A section by its title, grouped by collection; the same title may stand in several collections."""

    groups: Mapping[str, Sequence[str]] = {}
    chosen_group = ""

    def iter_groups(self) -> Iterator[tuple[str | None, list[Choice]]]:
        """The sections, chosen in the group of the chosen collection only; free text that was typed stays."""
        yield None, [Choice("", _("Ohne Abschnitt"), not self.data, {})]
        if self.data and self.data not in self.groups.get(self.chosen_group, ()):
            yield None, [Choice(self.data, self.data, True, {})]
        for group, sections in self.groups.items():
            is_chosen = group == self.chosen_group
            yield group, [Choice(title, title, is_chosen and title == self.data, {}) for title in sections]

    def has_groups(self) -> bool:
        """Always grouped."""
        return True


class ReviewField(DateField):
    """A day, or none; says in our words what is wrong."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day as browsers send it, or as people write it where the browser offers no calendar."""
        if not "".join(valuelist).strip():
            if valuelist:
                self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Bitte geben Sie ein Datum an, zum Beispiel 31.12.2027.")) from None


class EntryForm(Form):
    """Everything a person may say about an entry; the fields are all there is, nothing else is read."""

    url = StringField(_l("Link"), [Length(max=URL_LENGTH, message=TOO_LONG)], filters=[web_address])
    files = MultipleFileField(_l("Dateien"))
    text = TextAreaField(_l("Text"), [Length(max=TEXT_LENGTH, message=TOO_LONG)], filters=[clean_text])
    title = StringField(
        _l("Titel"),
        [Length(max=TITLE_LENGTH, message=TOO_LONG)],
        filters=[clean_line],
    )
    collections = CollectionsField(
        _l("Informationssammlung"),
        [DataRequired(_l("Bitte wählen Sie eine Sammlung."))],
        invalid_choice_message=_l("Diese Sammlung gibt es nicht. Bitte wählen Sie eine aus der Liste."),
    )
    kind = RadioField(
        _l("Art des Eintrags"),
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABELS.items()],
        default=Kind.DOKUMENT.value,
        invalid_choice_message=NOT_ON_LIST,
    )
    ris = TextAreaField(_l("Nachweis in RIS"), [Length(max=MOST_BYTES, message=TOO_LONG)], filters=[clean_text])
    summary = TextAreaField(_l("Worum geht es?"), [Length(max=SUMMARY_LENGTH, message=TOO_LONG)], filters=[clean_text])
    note = TextAreaField(
        _l("Warum es sich lohnt"), [Length(max=SUMMARY_LENGTH, message=TOO_LONG)], filters=[clean_text]
    )
    section = SectionField(_l("Abschnitt"), filters=[clean_line], validate_choice=False)
    tags = StringField(_l("Schlagwörter"), filters=[clean_line])
    organisation = SelectField(_l("Stadt oder Stelle"), invalid_choice_message=NOT_ON_LIST)
    year = StringField(_l("Erschienen im Jahr"), filters=[clean_line])
    language = SelectField(
        _l("Sprache"), default="de", coerce=lambda value: value or "de", invalid_choice_message=NOT_ON_LIST
    )
    publisher = StringField(_l("Herausgegeben von"), [Length(max=LINE_LENGTH, message=TOO_LONG)], filters=[clean_line])
    coverage = SelectField(
        _l("Geltungsbereich"),
        default="",
        choices=[SelectChoice("", _l("Keine Angabe")), *(SelectChoice(*pair) for pair in COVERAGE_LABELS.items())],
        invalid_choice_message=NOT_ON_LIST,
    )
    review_on = ReviewField(_l("Zu prüfen am"), format=["%Y-%m-%d", "%d.%m.%Y"])
    responsible = SelectField(_l("Zuständig"), default="", invalid_choice_message=NOT_ON_LIST)

    question = StringField(
        "", [Length(max=10, message=TOO_LONG)], widget=HiddenInput(), filters=[lambda number: clean_line(number)[:10]]
    )

    def __init__(self, formdata: Any = None, *, choices: Choices, **values: Any) -> None:
        super().__init__(formdata, **values)
        self._offer_collections(choices.collections)
        self._offer_organisations(choices.organisations)
        self._find_used = choices.find_used
        for _kind, detail in every_detail():
            if detail.has_terms:
                self[DETAIL + detail.name].offer(choices.terms.get(detail.name, ()))
        self.language.choices = [SelectChoice(code, label) for code, label in LANGUAGE_LABELS.items()]
        known = values.get("language", "de")
        if known not in LANGUAGE_LABELS:
            self.language.choices.append(SelectChoice(known, known))

    @cached_property
    def used(self) -> dict[str, Sequence[str]]:
        """What others entered, by name of the field."""
        used = self._find_used()
        return {**used, "rating_level": [*RATING_LEVELS, *used.get("rating_level", ())]}

    def _offer_collections(self, collections: Sequence[CollectionChoice]) -> None:
        slugs = {str(choice.id): choice.slug for choice in collections}
        given = [value for value in self.collections.data or [] if value]
        self.collections.data = list(dict.fromkeys(slugs.get(value, value) for value in given))
        self.collections.choices = [SelectChoice(choice.slug, choice.title) for choice in collections]
        self.section.groups = {choice.title: choice.sections for choice in collections if choice.sections}
        first = next((choice for choice in collections if choice.slug in self.collections.data[:1]), None)
        self.section.chosen_group = first.title if first else ""
        self._sections = first.sections if first else ()
        self.collection_ids = [
            choice.id for slug in self.collections.data for choice in collections if choice.slug == slug
        ]

    def _offer_organisations(self, organisations: Sequence[OrganisationChoice]) -> None:
        if not organisations:
            del self.organisation, self.review_on, self.responsible
            return
        by_name = {clean_line(choice.name).casefold(): choice.id for choice in organisations}
        by_name |= {clean_line(choice.label).casefold(): choice.id for choice in organisations}
        given = clean_line(self.organisation.data or "")
        self.organisation.data = str(by_name.get(given.casefold(), given))
        self.organisation.choices = [SelectChoice(str(choice.id), choice.label) for choice in organisations]
        own = SelectChoice("", _("wie „Stadt oder Stelle“"))
        self.responsible.choices = [own, *self.organisation.choices]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all but the details of kinds that were not chosen; those are not taken."""
        super().validate(extra_validators)
        for kind, detail in every_detail():
            if kind != self.kind.data:
                self[DETAIL + detail.name].errors = []
        return not self.errors

    def validate_url(self, field: StringField) -> None:
        """In words instead of a pattern."""
        if field.data and not is_web_address(field.data):
            raise ValidationError(
                _(
                    "Bitte geben Sie eine Webadresse an, die mit https:// oder http:// beginnt, zum Beispiel "
                    "https://www.example.org/seite."
                )
            )

    def validate_section(self, field: StringField) -> None:
        """A section belongs to the first collection; its title may be typed in any case."""
        if not field.data or not self.collection_ids:
            return
        found = next((title for title in self._sections if title.casefold() == field.data.casefold()), None)
        if found is None:
            raise ValidationError(_("Diesen Abschnitt gibt es in der gewählten Sammlung nicht."))
        field.data = found

    def validate_tags(self, field: StringField) -> None:
        """Neither more nor longer than can be kept."""
        if len(self.tag_names()) > MOST_TAGS:
            raise ValidationError(_("Bitte nennen Sie höchstens %(max)d Schlagwörter.", max=MOST_TAGS))
        if any(len(name) > TAG_LENGTH for name in self.tag_names()):
            raise ValidationError(_("Ein Schlagwort darf höchstens %(max)d Zeichen haben.", max=TAG_LENGTH))

    def validate_year(self, field: StringField) -> None:
        """Four digits in the range the table holds."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and len(field.data) == 4):
            raise ValidationError(_("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2026."))
        if field.data and int(field.data) not in YEARS:
            raise ValidationError(
                _("Bitte geben Sie ein Jahr zwischen %(first)d und %(last)d an.", first=YEARS[0], last=YEARS[-1])
            )

    def tag_names(self) -> list[str]:
        """The keywords one by one."""
        return [name for name in map(clean_line, _TAG_ENDS.split(self.tags.data or "")) if name]

    def validate_detail_rating_level(self, field: StringField) -> None:
        """A rating is given as others gave it: with who and when."""
        if clean_details(Kind.METHODE, {"rating_level": field.data}) is None:
            return
        if not self.detail_rating_by.data or not self.detail_rating_year.data:
            raise ValidationError(_("Bitte nennen Sie zur Stufe auch, wer bewertet hat und in welchem Jahr."))

    def validate_detail_rating_year(self, field: StringField) -> None:
        """As with the year of the entry."""
        self.validate_year(field)

    def validate_detail_rating_url(self, field: StringField) -> None:
        """As with the link of the entry."""
        self.validate_url(field)

    def details(self) -> dict[str, Any]:
        """The details of the chosen kind as typed."""
        return {detail.name: self[DETAIL + detail.name].data or "" for detail in DETAILS[Kind(self.kind.data)]}

    def add_error(self, name: str, message: str) -> None:
        """Put a refusal that only the service could find beside its field."""
        self[name].errors = [*self[name].errors, message]


for _kind, _detail in every_detail():
    setattr(EntryForm, DETAIL + _detail.name, field_of(_detail))


class ArchiveForm(Form):
    """Why an entry leaves the hub."""

    reason = TextAreaField(
        _l("Grund"),
        [
            DataRequired(_l("Bitte nennen Sie den Grund. Wer den Eintrag sucht, liest ihn.")),
            Length(max=REASON_LENGTH, message=TOO_LONG),
        ],
        filters=[clean_text],
    )
