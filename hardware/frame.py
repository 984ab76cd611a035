"""The frame as drawn: measures that a machine of real parts and the twin share, in the platform's own millimetres."""

PLATFORM_MM = (400.0, 300.0)
BEAM_HEIGHT_MM = 275.0  # above the platform: what the camera sees of the axes is this near to it
NIB_MM = 10.0  # a broad marker
ROLLER_MM = 40.0  # the widest inked roller on sale
ROLLER_LANE_Y_MM = 150.0  # the roller's one axis runs along the middle of the platform
