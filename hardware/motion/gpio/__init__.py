"""Step and direction lines of the Pi turn the motors."""
