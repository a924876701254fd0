from hub.core.db import db
from hub.entries.models import Entry


def show(entry_id):
    return db.session.get(Entry, entry_id) or Entry.query.filter_by(id=entry_id).first()
