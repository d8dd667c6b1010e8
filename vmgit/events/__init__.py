"""What can happen: the typed payload of every event, and the envelope that carries it."""
