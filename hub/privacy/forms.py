"""Asking once more before somebody is erased."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length


class EraseForm(Form):
    """The address of the account, typed: a click alone does not erase."""

    confirmation = StringField(
        _l("E-Mail-Adresse des Kontos"),
        [InputRequired(_l("Bitte geben Sie die E-Mail-Adresse des Kontos ein.")), Length(max=254)],
    )
