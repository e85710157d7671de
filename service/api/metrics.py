"""/metrics: how the service is doing, as Prometheus reads it. Counts and positions; no word, no id, nobody's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from service.api.context import ROOMS

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNKNOWN = "unknown"

# When a counter began says nothing, and would double what is told.
disable_created_metrics()  # type: ignore[no-untyped-call]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Meters:
    """What one process has counted since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "unstuck_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "unstuck_request_seconds",
            "Seconds from a request to its answer.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.under_way = Gauge("unstuck_requests_under_way", "Requests not answered yet.", registry=self.registry)
        self.position = Gauge("unstuck_position", "The position of the last event recorded.", registry=self.registry)
        self.queue = Gauge("unstuck_queue", "Commands that wait to be recorded.", registry=self.registry)
        self.recording = Gauge("unstuck_recording", "1 while commands can be recorded.", registry=self.registry)
        self.reached = self._of_each("position", "How far a read model has got.")
        self.lag = self._of_each("lag", "Events a read model has not taken in yet.")
        self.failing = self._of_each("failing", "1 while a read model cannot be brought forward.")
        ProcessCollector(registry=self.registry)

    def _of_each(self, what: str, says: str) -> Gauge:
        return Gauge(f"unstuck_read_model_{what}", says, ("read_model",), registry=self.registry)


METERS = web.AppKey("meters", Meters)


def add_metrics(app: web.Application) -> None:
    """Counts every request that reaches the application, and tells at /metrics."""
    app[METERS] = Meters()
    app.middlewares.append(metered)
    app.router.add_get("/metrics", metrics)


@web.middleware
async def metered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts by the route as it is declared, never by the address: an address may hold ids and whatever was typed."""
    meters = request.app[METERS]
    method, route = declared(request)
    began, status = perf_counter(), 500
    with meters.under_way.track_inprogress():
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            meters.requests.labels(method, route, status).inc()
            meters.seconds.labels(method, route).observe(perf_counter() - began)


def declared(request: web.Request) -> tuple[str, str]:
    """Method and route of what was asked, of those there are; nothing that a caller made up."""
    place = request.match_info.route.resource
    return request.method if request.method in METHODS else UNKNOWN, place.canonical if place else UNKNOWN


async def metrics(request: web.Request) -> web.Response:
    """As it stands at this moment in this process."""
    rooms, meters = request.app[ROOMS], request.app[METERS]
    head = await rooms.head()
    meters.position.set(head)
    meters.queue.set(rooms.waiting())
    meters.recording.set(rooms.stopped() is None)
    for name, said in rooms.read_models.status().items():
        meters.reached.labels(name).set(said["position"])
        meters.lag.labels(name).set(max(0, head - said["position"]))
        meters.failing.labels(name).set(said["failure"] is not None)
    told = generate_latest(meters.registry)
    return web.Response(body=told, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"})
