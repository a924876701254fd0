"""Start page and collection pages: puts together what the rooms below offer; owns no table."""
