"""What became of the reading of a file, in words for the person who can do something about it."""

from flask_babel import gettext as _

from hub.entries.models import WITHOUT_TEXT
from hub.entries.queries import HeldFile, Twin


def reading_text(reason: str) -> str:
    """Why the search cannot look into a file, and the way on."""
    texts = {
        "encrypted": _(
            "Die Datei ist mit einem Kennwort geschützt, die Suche kann nicht hineinsehen. Laden Sie sie ohne Kennwort "
            "noch einmal hoch, oder lassen Sie sie so."
        ),
        "scanned": _(
            "Die Datei enthält nur Bilder und keinen Text. Gefunden wird, was Sie beim Eintrag angeben; wo die "
            "Texterkennung eingerichtet ist, kommt der Text später dazu."
        ),
        "damaged": _(
            "Der Text der Datei lässt sich nicht lesen. Bitte prüfen Sie, ob sie sich öffnen lässt, und laden Sie sie "
            "sonst noch einmal hoch."
        ),
        "bomb": _(
            "Die Datei ist ungewöhnlich gepackt, ihr Text wird nicht gelesen. Speichern Sie sie neu, etwa als PDF, und "
            "laden Sie sie noch einmal hoch."
        ),
    }
    return texts.get(
        reason,
        _("Der Text der Datei ließ sich nicht lesen. Der Eintrag geht trotzdem; gefunden wird, was Sie dort angeben."),
    )


def notes_on(file: HeldFile, others: list[HeldFile], twin: Twin | None) -> list[str]:
    """What is worth knowing of a file before its form is sent: the same content elsewhere, and no text."""
    notes = []
    same = next((other for other in others if other.id != file.id and other.checksum == file.checksum), None)
    if same is not None:
        notes.append(_("Hat denselben Inhalt wie %(name)s in diesem Formular. Eine der beiden genügt.", name=same.name))
    if twin is not None:
        notes.append(
            _(
                "Diese Datei gibt es schon beim Eintrag „%(title)s“ (%(organisation)s). Beide dürfen bleiben.",
                title=twin.title,
                organisation=twin.organisation,
            )
        )
    if file.state in WITHOUT_TEXT:
        notes.append(reading_text(file.reason))
    return notes
