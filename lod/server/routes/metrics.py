"""The metrics for Prometheus: requests, the state of the pools, what is served; no client data."""

import platform
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from lod import __version__
from lod.base.errors import LodError
from lod.publish.held_back import held_back
from lod.server.engine.current_release import ReleaseHolder, ServedRelease

# beside the routes of the store
ROUTES = ("sante", "metrics", "telechargements", "versions", "static")
COUNTED = ("readers_replaced",)  # figures of a pool that only grow
BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)  # seconds


class Pools(Collector):
    """Collects the state of both pools of the current release when Prometheus asks."""

    def __init__(self, releases: ReleaseHolder) -> None:
        self._releases = releases

    def collect(self) -> Iterator[Metric]:
        """Yield the present figures of the pools; none if nothing is served."""
        release = self._releases.current
        if release is None:
            return
        queries = release.query_pool.state()
        for name, (meaning, value) in release.pool.state().items():
            kind = CounterMetricFamily if name in COUNTED else GaugeMetricFamily
            yield kind(f"lod_{name}", meaning, value=value + queries[name][1])
        taken, meaning = release.pool.space.taken(), "Bytes of answers in temporary files"
        yield GaugeMetricFamily("lod_temporary_bytes", meaning, value=taken)


class Published(Collector):
    """Collects what is served, since when, and what waits, when Prometheus asks."""

    def __init__(self, folder: Path, releases: ReleaseHolder) -> None:
        self._folder, self._releases = folder, releases

    def collect(self) -> Iterator[Metric]:
        """Yield the program, the releases that are held, and figures of the one that is served."""
        program = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("lod_build", "The program that serves", value=program)
        with suppress(LodError):  # `lod releases` tells why it cannot be read
            meaning, waiting = "Releases held, for somebody to look at", held_back(self._folder)
            yield GaugeMetricFamily("lod_releases_held", meaning, value=len(waiting))
        if release := self._releases.current:
            info = GaugeMetricFamily("lod_release_triples", "Triples of the release", labels=["id"])
            info.add_metric([release.id], release.triples)
            yield info
            for name, meaning, value in self._figures(release):
                yield GaugeMetricFamily(f"lod_{name}", meaning, value=value)

    def _figures(self, release: ServedRelease) -> Iterator[tuple[str, str, float]]:
        since = "in seconds since the epoch"
        published = f"When the release became current, {since}"
        yield "release_published_seconds", published, release.modified
        day = datetime.fromisoformat(release.data_until).replace(tzinfo=UTC).timestamp()
        yield "data_until_seconds", f"The last day of the data, {since}", day
        yield "records_rejected", "Records of the release that were rejected", release.rejected


class OwnProcess(ProcessCollector):
    """Collects memory, time and descriptors of this process, also if it sees nothing of the machine
    but processes (`ProcSubset=pid`).
    """

    def _boot_time(self) -> float:
        return time.time() - time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", 0))


class _Counted(Collector):
    def __init__(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        self._name, self._meaning, self._value = name, meaning, value

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._meaning, value=self._value())


class Metrics:
    """Counts the answers of one server and their duration."""

    def __init__(self, folder: Path, releases: ReleaseHolder, paths: Iterable[str] = ()) -> None:
        # a fixed set: clients must not be able to add labels
        self._routes = frozenset((*ROUTES, *(path.strip("/") for path in paths)))
        self._requests = Counter("lod_requests", "Answers sent", ["route", "statut"], registry=None)
        self._seconds = Histogram(
            "lod_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=None
        )
        self._registry = CollectorRegistry()  # own: a process may run several servers
        served = Published(folder, releases), OwnProcess(registry=None)
        for collector in (self._requests, self._seconds, Pools(releases), *served):
            self._registry.register(collector)

    def count(self, path: str, status: int, seconds: float) -> None:
        """Count an answer to a request for a path below the base."""
        route = route_of(path, self._routes)
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a figure that `value` returns whenever it is asked for."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def counter(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a figure that only grows, and that `value` returns whenever it is asked for."""
        self._registry.register(_Counted(name, meaning, value))

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
