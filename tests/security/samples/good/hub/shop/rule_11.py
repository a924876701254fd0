from hub.entries import queries


def show(actor, entry_id):
    return queries.get_entry(actor, entry_id)
