"""The designer: a network's picture, figures and advice, the clinic, and what one takes along."""
