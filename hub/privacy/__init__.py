"""What the hub knows of a person: shown to the person, handed out, erased, forgotten after a time."""
