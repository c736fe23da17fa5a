"""From widgets to frozen settings."""
