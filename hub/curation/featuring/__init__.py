"""A few entries that the office puts before all others: on the start page and at the head of a collection."""
