"""What generates examples generates the same ones each time: a test fails because of a change, never by chance.

`--hypothesis-profile=search` looks elsewhere each time, for whoever goes hunting."""

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None)
settings.load_profile("same")
