"""The metrics for Prometheus: requests, their duration, the state of the pool; no client data."""

from collections.abc import Callable, Collection, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lod.server.engine.current_release import ReleaseHolder

# beside the routes of the store
ROUTES = ("sante", "metrics", "telechargements", "versions", "static")
BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)  # seconds


class Pools(Collector):
    """Collects the state of both pools of the current release when Prometheus asks."""

    def __init__(self, releases: ReleaseHolder) -> None:
        self._releases = releases

    def collect(self) -> Iterator[Metric]:
        """Yield the present figures of the pools, and the size of the release."""
        release = self._releases.current
        if release is None:
            return
        queries = release.query_pool.state()
        for name, (meaning, value) in release.pool.state().items():
            yield GaugeMetricFamily(f"lod_{name}", meaning, value=value + queries[name][1])
        taken, meaning = release.pool.space.taken(), "Bytes of answers in temporary files"
        yield GaugeMetricFamily("lod_temporary_bytes", meaning, value=taken)
        info = GaugeMetricFamily("lod_release_triples", "Triples of the release", labels=["id"])
        info.add_metric([release.id], release.triples)
        yield info


class Metrics:
    """Counts the answers of one server and their duration."""

    def __init__(self, releases: ReleaseHolder, paths: Iterable[str] = ()) -> None:
        # a fixed set: clients must not be able to add labels
        self._routes = frozenset((*ROUTES, *(path.strip("/") for path in paths)))
        self._requests = Counter("lod_requests", "Answers sent", ["route", "statut"], registry=None)
        self._seconds = Histogram(
            "lod_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=None
        )
        self._registry = CollectorRegistry()  # own: a process may run several servers
        for collector in (self._requests, self._seconds, Pools(releases)):
            self._registry.register(collector)

    def count(self, path: str, status: int, seconds: float) -> None:
        """Count an answer to a request for a path below the base."""
        route = route_of(path, self._routes)
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a figure that `value` returns whenever it is asked for."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        return generate_latest(self._registry)


def route_of(path: str, routes: Collection[str]) -> str:
    """Return the label of a path: one of `routes`, else `page`.

    >>> route_of("/recherche.html", ROUTES), route_of("/question/QANR5L15QE43349", ROUTES)
    ('recherche', 'page')
    """
    name = path.lstrip("/").partition("/")[0]
    if name == "recherche.html":  # another address of the same search
        return "recherche"
    return name if name in routes else "page"
