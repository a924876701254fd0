"""The office takes back what it did: for 30 days, once, as a whole.

Rooms above remember what stood there before, inside the unit of work of their action, and register what sets it back.
"""
