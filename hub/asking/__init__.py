"""Asking the network: a search that finds nothing becomes a question to the office or to all cities.

An answer is an entry: one that is there, a new one, or a short text that the office makes into one.
"""
