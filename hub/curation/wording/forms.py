"""What the pages of keywords ask for. Choices are passed in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from hub.core.text import clean_line
from hub.curation.wording.queries import Filters
from hub.entries.models import TAG_LENGTH

LONGEST_SEARCH, LARGEST = 200, 2**31 - 1
UNUSED = "-"
_LONGEST = [Length(max=TAG_LENGTH, message=_l("Das ist zu lang. Bitte kürzen Sie auf %(max)d Zeichen."))]


def number(value: Any) -> int:
    """A number as a page names it; 0 for anything odd."""
    text = str(value or "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return found if found <= LARGEST else 0


class FilterForm(Form):
    """What the list is narrowed to; anything odd does not narrow."""

    q = StringField(_l("Wörter"), [Length(max=LONGEST_SEARCH)], filters=[clean_line])
    group = SelectField(_l("Gruppe"), validate_choice=False)

    def __init__(self, values: Any, groups: list[str]) -> None:
        super().__init__(values)
        named = [(f"={name}", name) for name in groups]
        self.group.choices = [("", _("Alle")), *named, (UNUSED, _("Ohne Einträge"))]

    def filters_(self) -> Filters:
        """What narrows and exists."""
        chosen = self.group.data if self.group.data in dict(self.group.choices) else ""
        group = chosen.removeprefix("=") if chosen.startswith("=") else ""
        return Filters((self.q.data or "")[:LONGEST_SEARCH], group, chosen == UNUSED)

    @property
    def told(self) -> dict[str, Any]:
        """The filters as they stand in an address."""
        return {name: value for name, value in (("q", self.q.data), ("group", self.group.data)) if value}


class PickedForm(Form):
    """What becomes of the picked keywords."""

    into = StringField(_l("Dieses Schlagwort bleibt"), _LONGEST, filters=[clean_line])
    group_name = StringField(_l("Gruppe"), _LONGEST, filters=[clean_line])


class KeywordForm(Form):
    """One keyword; every field has a button of its own."""

    name = StringField(_l("Name"), _LONGEST, filters=[clean_line])
    group_name = StringField(_l("Gruppe"), _LONGEST, filters=[clean_line])
    synonym = StringField(_l("Weitere Schreibweise"), _LONGEST, filters=[clean_line])
    into = StringField(_l("Dieses Schlagwort bleibt"), _LONGEST, filters=[clean_line])
