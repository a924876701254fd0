"""What the office arranges: changes of many entries at once, by table and by spreadsheet."""
