"""Forms for collections and their sections."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from hub.collections.models import COLOURS, ICONS
from hub.web.numbers import LARGEST, RowNumberField

TITLE_LENGTH, SECTION_LENGTH, INTRODUCTION_LENGTH = 140, 120, 1000
ICON_LABELS = {
    "temperature-sun": _l("Thermometer"),
    "train": _l("Zug"),
    "messages": _l("Gespräch"),
    "trees": _l("Bäume"),
    "heart-handshake": _l("Herz"),
    "shield-heart": _l("Schild"),
    "building-broadcast-tower": _l("Funkmast"),
    "chart-dots": _l("Diagramm"),
    "folder": _l("Ordner"),
}
COLOUR_LABELS = {
    "c-klima": _l("Grün"),
    "c-bahnhof": _l("Braun"),
    "c-konflikt": _l("Pink"),
    "c-plaetze": _l("Petrol"),
    "c-hass": _l("Rot"),
    "c-schutz": _l("Violett"),
    "c-nacht": _l("Blau"),
    "c-bau": _l("Oliv"),
}


class CollectionForm(Form):
    """What the office says about a collection."""

    title = StringField(
        _l("Titel"),
        [
            InputRequired(_l("Bitte geben Sie einen Titel ein.")),
            Length(max=TITLE_LENGTH, message=_l("Der Titel ist zu lang. Möglich sind 140 Zeichen.")),
        ],
    )
    introduction = TextAreaField(
        _l("Einführung"),
        [Length(max=INTRODUCTION_LENGTH, message=_l("Die Einführung ist zu lang. Möglich sind 1.000 Zeichen."))],
    )
    icon = RadioField(
        _l("Zeichen"), choices=[SelectChoice(icon, ICON_LABELS[icon]) for icon in ICONS], default="folder"
    )
    colour = RadioField(
        _l("Farbe"),
        choices=[SelectChoice(colour, COLOUR_LABELS[colour]) for colour in COLOURS],
        default=COLOURS[0],
    )


class NewCollectionForm(CollectionForm):
    """A new collection may bring its sections, one a line."""

    sections = TextAreaField(_l("Abschnitte"))

    def section_titles(self) -> list[str]:
        """The lines that say something, each once."""
        lines = [line.strip()[:SECTION_LENGTH] for line in (self.sections.data or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


class ChangedCollectionForm(CollectionForm):
    """``version`` tells whether the collection is still the one that the form shows."""

    version = RowNumberField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1, max=LARGEST)])


class SectionForm(Form):
    """The title of a section."""

    title = StringField(
        _l("Titel des Abschnitts"),
        [
            InputRequired(_l("Bitte geben Sie dem Abschnitt einen Titel.")),
            Length(max=SECTION_LENGTH, message=_l("Der Titel ist zu lang. Möglich sind 120 Zeichen.")),
        ],
    )
