"""Comparing, keeping apart, merging and taking a merge back."""
