"""Entries that may be the same thing: found every night, kept apart for good or merged side by side.

Found by address, DOI, content of files, near-identical text (MinHash) and by what titles and summaries say.
"""
