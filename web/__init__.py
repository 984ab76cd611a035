"""The page: a process of its own that talks only to the socket of the station."""
