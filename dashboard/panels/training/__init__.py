"""A training: begun, followed, steered, examined, kept and taken along."""
