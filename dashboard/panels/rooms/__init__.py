"""The class's own test set: a room's door, its drawings, its board, and what only its teacher does."""
