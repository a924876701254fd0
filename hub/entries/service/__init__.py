"""What can be done with entries: contributing, revising, taking back; files; bookmarks; imports."""
