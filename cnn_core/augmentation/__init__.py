"""Training images changed at random: how much (`settings`, light), and the changing itself (`graph`, TensorFlow)."""
