"""The office's words: keywords renamed, merged, grouped, with synonyms; terms of fixed lists merged.

What changes thousands of entries goes through ``rewriting``: one transaction, with progress, undone as a whole.
"""
