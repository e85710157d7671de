"""/v1/rounds: matching people into sets, round by round."""

from service.api.rounds.asking import routes

__all__ = ["routes"]
