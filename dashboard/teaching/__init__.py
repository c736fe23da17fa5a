"""Teaching with the app: lesson plans, large type, controls out of sight."""
