"""Running the service: its folder, its doorbell, what comes due, how it is doing, and several processes at once."""
