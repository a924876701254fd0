"""Entries: what members contribute and read. Submitting, revising, files, tags, bookmarks, the life of an entry."""
