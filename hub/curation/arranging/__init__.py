"""The order on a collection's board: which entry stands where, which stay on top, and which collection they are in."""
