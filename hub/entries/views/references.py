"""Filling the form from a DOI or a RIS reference. Nothing is saved; what was typed stays."""

from typing import NamedTuple

from flask import current_app, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from hub.core.address import DOI_RESOLVER, find_doi
from hub.core.errors import Refused
from hub.entries import prefill, ris

BUTTON, DOI_FIELD, RIS_FIELD, RIS_FILE = "fill", "detail_doi", "ris", "ris_file"


class Filled(NamedTuple):
    """The form with what was found, and the field with the sentence when nothing was."""

    form: MultiDict[str, str]
    field: str = ""
    message: str = ""


def is_wanted() -> bool:
    """Whether one of the two buttons was pressed."""
    return request.form.get(BUTTON) in ("doi", "ris")


def fill_form() -> Filled:
    """The typed form with what DOI or reference tell, in fields that are empty or as preset."""
    try:
        form = _from_doi() if request.form[BUTTON] == "doi" else _from_ris()
    except Refused as refused:
        return Filled(request.form, DOI_FIELD if request.form[BUTTON] == "doi" else RIS_FIELD, refused.message)
    flash(_("Angaben gefunden. Bitte kurz prüfen, gespeichert ist noch nichts."), "success")
    return Filled(form)


def _from_doi() -> MultiDict[str, str]:
    doi = find_doi(request.form.get(DOI_FIELD, ""))
    if doi is None:
        raise Refused(_("Das ist keine DOI. Eine DOI beginnt mit 10., zum Beispiel 10.1000/182."))
    address = current_app.config.get("DOI_RESOLVER", DOI_RESOLVER) + doi
    told = prefill.tell(current_user._get_current_object(), address)
    if told.sentence:
        raise Refused(told.sentence)
    form = request.form.copy()
    form[DOI_FIELD] = doi
    return prefill.with_values(form, {**told.values, "url": DOI_RESOLVER + doi})


def _from_ris() -> MultiDict[str, str]:
    upload = request.files.get(RIS_FILE)
    text = request.form.get(RIS_FIELD, "")
    if upload is not None and upload.filename:
        text = ris.decode(upload.stream.read(ris.MOST_BYTES + 1))
    if not text.strip():
        raise Refused(_("Bitte fügen Sie einen Nachweis in RIS ein oder wählen Sie eine RIS-Datei."))
    found = ris.read(text)
    if found.number > 1:
        flash(_("Der Text enthält %(count)d Nachweise. Übernommen ist der erste.", count=found.number), "warning")
    form = prefill.with_values(request.form, found.values)
    form[RIS_FIELD] = ""
    return form
