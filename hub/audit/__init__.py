"""Who did what to which thing, when. Rows are written in the same transaction as what they tell of."""
