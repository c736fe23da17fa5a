"""A class's own test set: drawings of a room, pooled under a code, and the networks that are ranked on them."""
