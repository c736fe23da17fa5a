"""Look inside: one network, one image, one number, and every view of them."""
