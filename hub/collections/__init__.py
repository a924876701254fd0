"""The topic collections and their sections: data that the office edits, never code."""
