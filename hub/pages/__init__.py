"""Texts that the office edits: help, accessibility, privacy, imprint. They start from files that come with the hub."""
