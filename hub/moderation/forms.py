"""The note that goes with a decision."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, TextAreaField
from wtforms.validators import Length

from hub.core.text import clean_text

NOTE_LENGTH = 2000


class NoteForm(Form):
    """What the contributor reads when an entry comes back or is rejected."""

    note = TextAreaField(
        _l("Nachricht"),
        [Length(max=NOTE_LENGTH, message=_l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen."))],
        filters=[clean_text],
    )

    def stand_at(self, entry_id: int) -> "NoteForm":
        """Many of these forms share a page; the number keeps their fields apart."""
        self.note.id = self.note.label.field_id = f"nachricht-{entry_id}"
        return self
