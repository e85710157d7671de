"""/v1/reports: what came of talking, each figure with what it means and what it does not."""

from service.api.reports import achieved, attention, funnel, goals, people, promises
from service.api.routes import Routes

ROUTES: tuple[Routes, ...] = (
    achieved.routes,
    attention.routes,
    funnel.routes,
    goals.routes,
    people.routes,
    promises.routes,
)
