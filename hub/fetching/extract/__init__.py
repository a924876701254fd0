"""The text of an uploaded file, read in a process of its own that may do nothing but read what it was handed.

``running`` starts it and belongs to the worker; ``child`` and what it imports run only there. Only text comes back.
"""
