"""Which entries belong together: proposed by the index, confirmed or declined by the office."""
