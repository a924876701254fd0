"""The office's review: approve what members hand in, return it with a note, reject it with a reason, undo."""
