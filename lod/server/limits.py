"""Every bound of the server, by whom or what it protects from; extensions keep their own.

What an operator may set is in `lod serve`, whose defaults stand here too.
"""

from dataclasses import dataclass

# ---------------------------------------------------------------- a query that costs too much
# `engine/pool.py` ends a query whose time is over, `engine/worker.py` one whose answer is too long

QUERY_DEPTH = 64  # nested brackets; pyoxigraph takes seconds for 150 (), and crashes at 3,000 {}
QUERY_READINGS = 50  # alternative readings of a text before it is refused; each may cost its length


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one query may cost."""

    seconds: float = 10.0  # to evaluate it; also, to wait for a reader
    rows: int = 1_000_000  # rows or triples that the page of its result counts
    size: int = 64 * 1024 * 1024  # bytes of its answer
    memory: int = 512 * 1024 * 1024  # bytes, beside those that the open store takes


READER_GRACE_SECONDS = 1.0  # after its deadline a reader ends itself, if the front has not ended it
# bytes: enough for 20,000 operators in a row; a query that needs more ends the process by SIGSEGV
READER_STACK = 64 * 1024 * 1024
# bytes that a reader may keep after a query, beside those that the open store takes: it never gives
# all of them back, so it is replaced before a query has too few left
READER_GROWTH = 96 * 1024 * 1024
READER_QUICK_SECONDS = 0.02  # of a query that leaves so little that nobody looks
TEMPORARY_BYTES = 256 * 1024 * 1024  # bytes of all temporary files of answers
TEMPORARY_SHARE = 128 * 1024 * 1024  # bytes of the files of one network

# ---------------------------------------------------------------- a client that asks too much
# `front/gate.py`. How often a client asks, and from how many connections, is bounded by a proxy:
# `deploy/nginx.conf`

USAGE_SECONDS = 60.0  # in which what a client has used fades to a third
NETWORKS_COUNTED = 10_000  # one that has not asked for long counts as one that has used nothing
# IP version → larger networks around that of a client: their bits, and how many shares they have
NESTED_SHARES = {4: ((24, 8),), 6: ((56, 2), (48, 8))}
RETRY_AFTER = "5"  # seconds after which a refused client may ask again
SPARE_READERS = 1  # beside `--workers`: for the clients that have used little
NEXT_READERS = 1  # beside these: so that nobody waits while a reader is replaced
PAGE_READERS = 2  # beside these, for our own queries: no query of a client holds up a page
QUERY_NICENESS = 5  # of the readers of clients' queries: whatever they do, pages come first
LIGHT_SECONDS = 5.0  # of the last minute, below which a client may have the last place of a gate
UNKNOWN_SECONDS = 0.5  # counted as used by a client that has asked nothing yet
LEAST_SECONDS = 1.0  # that a query may take, however many wait for its reader
CUT_PAUSE_SECONDS = 0.5  # between two queries cut short: the reader of each has to be replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSize:
    """How many requests a gate takes; a client is a network of addresses."""

    places: int  # requests that are worked on; one of them is kept for clients that used little
    share: int  # of one client, at once
    waiting: int  # requests that wait, each in a thread
    waiting_share: int  # of one client
    seconds: float  # that a request waits at most
    is_cut_short: bool = False  # while others wait, the work of the client that has used most ends


def gate_sizes(workers: int, seconds: float) -> dict[str, GateSize]:
    """Return the sizes of the gates, by what their requests ask for."""
    return {
        # queries of clients: a request that has its turn finds a reader
        "store": GateSize(places=workers + SPARE_READERS, share=workers, waiting=48,
                          waiting_share=12, seconds=seconds, is_cut_short=True),
        "search": GateSize(places=4, share=3, waiting=32, waiting_share=12, seconds=seconds),
        # what has many rows: API, whole results of a search
        "tables": GateSize(places=4, share=3, waiting=32, waiting_share=12, seconds=seconds),
        # what is made on request of one question
        "pages": GateSize(places=4, share=3, waiting=32, waiting_share=12, seconds=seconds),
        # pages about resources: that of a legislature takes as long as fifty questions
        "resources": GateSize(places=3, share=1, waiting=32, waiting_share=12, seconds=seconds),
        "files": GateSize(places=16, share=12, waiting=64, waiting_share=24, seconds=seconds),
    }  # fmt: skip


FREE_THREADS = 16  # beside those of the gates: for what passes none, or is refused

# ---------------------------------------------------------------- a client that is slow, or gone
# behind a proxy, it reads and sends slowly there

CONNECTIONS = 4000  # at once; more wait in the backlog
CONNECTION_DESCRIPTORS = 2  # that one may need: its own, and the file that is sent
DESCRIPTORS_KEPT_BACK = 128  # that connections never take: for readers, index, log
BACKLOG = 4096  # connections that the system keeps until they are accepted; one more waits a second
SILENT_SECONDS = 20  # that a connection may say nothing while no request of it is answered
UNREAD_MILLISECONDS = 30_000  # after which the system drops a client that reads nothing
LOOK_SECONDS = 0.1  # between two looks at who has left, and what is to be cut short

# ---------------------------------------------------------------- a request that is too large

HEAD_BYTES, HEAD_LINES = 64 * 1024, 100  # of a head
PATH_BYTES = 2 * 1024  # of an address, before `?`
QUERY_STRING_BYTES = 32 * 1024  # of an address, after `?`
BODY_BYTES = 1024 * 1024  # of a body
BODY_MEMORY_BYTES = 64 * 1024  # of a body in memory while it arrives; a longer one is in a file
PARAMETERS = 1000  # in one request

# ---------------------------------------------------------------- an answer that is too large

READER_PIECE = 64 * 1024  # bytes in one message of a reader to the front
READER_HEADER_BYTES = 64 * 1024  # before an answer; an error message repeats the query
READER_MEMORY_BYTES = 1024 * 1024  # of an answer in memory; a longer one is in a temporary file
SEND_BUFFER = 128 * 1024  # bytes of an answer that the system holds for a client; it doubles them
ANSWER_PIECE = 256 * 1024  # bytes of a file read at once
ANSWER_MEMORY_BYTES = 512 * 1024  # of an answer that no file has, kept for a slow client
PAGES_KEPT = 128  # pages about resources, of 20 to 300 kB, whatever query their address has
CONVERTED_BYTES = 8 * 1024 * 1024  # of a result that is converted to JSON; CSV may be longer
CSV_MEMORY_BYTES = 1024 * 1024  # of the CSV of a search that are not written to a file
CSV_ROW_BYTES = 640  # assumed for a row of it: more than most take
SEARCH_VALUES = 1000  # questions of a search in a block VALUES, or cited
PREVIEW_ROWS = 1000  # rows or triples that the page of a result shows
PREVIEW_COLUMNS = 100  # columns that it shows
PREVIEW_SIZE = 1024 * 1024  # characters of all values together, beyond which no row is added
PREVIEW_VALUE = 5000  # characters of one value, beyond which it is cut
PREVIEW_CELL = 32  # characters counted for a cell beside its value
ADVICE_CHARACTERS = 64 * 1024  # of a query that are looked at for mistakes
ADVICE_WORDS = 500  # of a query that are compared with known ones, to propose one of these
SHOWN_LINES = 3  # of a query before a syntax error, and after it
SHOWN_CHARACTERS = 200  # of its line before a syntax error, and after it
LINK_BYTES = 8000  # of an address that a page leads to; proxies may refuse a longer one

# ---------------------------------------------------------------- a part that hangs or fails

READER_START_SECONDS = 30.0  # to open a store; measured 0.1, but the machine may be busy
READER_FIRST_DELAY, READER_LONGEST_DELAY = 0.1, 5.0  # seconds before one that failed is tried again
READER_REPLACED_SECONDS = 5.0  # that a client whose query ended its reader waits for the next one
READER_END_SECONDS = 2.0  # in which a process that has closed its connection must have ended
RELEASE_RETRY_SECONDS = 5.0  # before a release that could not be opened is tried again
RELEASE_READ_SECONDS = 15.0  # that the next release waits until extensions have read of it
RELEASE_CLOSE_SECONDS = 30.0  # that closing waits for a release that is being opened
HEALTH_SECONDS = 2.0  # in which a remote store must answer to be called well
SWITCH_SECONDS = 0.0005  # that a thread may keep the others waiting while it works (default: 0.005)
LOG_LINES = 10_000  # that wait to be written
LOG_SECONDS = 0.02  # in which lines are gathered, to be written together
TRACE_SECONDS = 60.0  # between two traces of one kind of exception
LOG_TEXT = 300  # characters of a path or a User-Agent in a line
LOG_CLOSE_SECONDS = 1.0  # that closing waits for the last lines
