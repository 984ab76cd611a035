"""The twin's GRBL board, down to the single character."""
