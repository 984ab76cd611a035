"""The simulated world that the station runs on when no hardware is configured."""
