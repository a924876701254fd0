"""Links of entries: tried politely, judged after several tries over days, and mended when a person says so."""
