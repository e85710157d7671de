"""Short in `make test`, long in `make faults`: how often a service is killed, how many histories are tried. KILLS,
HISTORIES and SEED say it otherwise, for whoever would do it in pieces (`make faults KILLS=50 SEED=1`)."""

import os

LONG = os.environ.get("FAULTS") == "long"
KILLS = int(os.environ.get("KILLS", 200 if LONG else 5))
HISTORIES = int(os.environ.get("HISTORIES", 100 if LONG else 10))
SEED = int(os.environ.get("SEED", 2020))
