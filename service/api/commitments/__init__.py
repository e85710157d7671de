"""/v1/commitments: what people promise one another, and what becomes of it."""

from service.api.commitments import keeping, promising
from service.api.routes import Routes

ROUTES: tuple[Routes, ...] = (promising.routes, keeping.routes)
