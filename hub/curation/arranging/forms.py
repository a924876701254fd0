"""The form that sends an entry elsewhere."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from hub.collections.models import Collection, Section
from hub.web.numbers import LARGEST, RowNumberField


class PlaceForm(Form):
    """``target`` is ``collection:section``, section 0 for none; ``version`` the entry's."""

    target = SelectField(_l("Wohin?"), validate_choice=True, choices=[])
    version = RowNumberField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1, max=LARGEST)])

    def offer(self, targets: Sequence[tuple[Collection, Sequence[Section]]]) -> None:
        """Offer every collection as a group, with its sections and the place beside them."""
        self.target.choices = {
            collection.title: [
                *((f"{collection.id}:{section.id}", section.title) for section in sections),
                (f"{collection.id}:0", _("Ohne Abschnitt")),
            ]
            for collection, sections in targets
        }

    def place(self) -> tuple[int, int | None]:
        """The numbers of collection and section."""
        collection, _colon, section = self.target.data.partition(":")
        return int(collection), int(section) or None
