"""Changing the thesaurus and counting searches that led nowhere."""
