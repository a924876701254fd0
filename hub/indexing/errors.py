"""What can go wrong with an index, in words the rooms above can answer."""


class IndexUnusable(Exception):
    """The index is missing, damaged, foreign or of another version; it must be rebuilt from the database."""


class IndexBusy(Exception):
    """Another process holds the writer lock; the change log keeps what is to be done."""
