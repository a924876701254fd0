"""What the network needs: searches that found little, thin topics, entries that nobody opens and those used most.

Numbers from what other rooms count, never of persons; nothing here compares cities. Owns no table.
"""
