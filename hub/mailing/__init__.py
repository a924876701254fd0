"""Letters on their way out: an outbox table that survives a dead mail server, and the job that empties it.

Rooms above write letters inside their own unit of work (``service.post``); nothing leaves before the commit, and each
letter leaves at most once.
"""
