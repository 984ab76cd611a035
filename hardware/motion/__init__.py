"""From lines in millimetres to step pulses, and the axes that take them."""
