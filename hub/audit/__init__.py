"""Who did what to which thing, when. Rows are written in the transaction of what they tell of, each with the hash of
the one before, so that a deleted, changed or inserted row shows."""
