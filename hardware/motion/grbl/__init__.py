"""A GRBL 1.1 board turns the motors."""
