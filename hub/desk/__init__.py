"""The office's desk: one queue of all that other rooms found and that needs a decision.

The rooms offer a source (``hub.core.findings``); this room counts, shows and passes on what the office decides.
"""
