"""The class's own test set: drawings pooled under a room's code, and networks ranked on them."""
