"""What this room writes, one file for each reason to change."""
