"""The search index as a store: what is written into it, how German is read, how hits are found and ranked.

It knows documents with fields and never an entry: the rooms above hand in documents and get identifiers back.
"""
