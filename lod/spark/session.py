"""A context of Spark, or an error of one line that says what is missing for it."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lod.base.errors import LodError, UsageError

HERE = "127.0.0.1"
LOCAL = {  # settings of local mode: nothing listens to the network
    "spark.driver.bindAddress": HERE,
    "spark.driver.host": HERE,
    "spark.ui.enabled": "false",
}
EXTRA = "pip install 'questions-parlementaires-lod[spark]'"
JAVA = "install Java 17 or newer (Debian: apt-get install default-jre-headless), or set JAVA_HOME"
MARK = "lod.base.errors.LodError: "  # before the message, in the traceback of an executor


@contextmanager
def session(master: str = "") -> Iterator[Any]:
    """Give a context; without `master`, that of spark-submit, else of this machine alone.

    Raises UsageError if PySpark or Java is missing, and a LodError of an executor as one here.
    """
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkRuntimeError
    except ImportError as error:
        raise UsageError(f"PySpark is not installed; {EXTRA}") from error
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # spark-submit has started Java
    if not submitted and not _java():
        raise UsageError(f"Spark needs Java, and there is none; {JAVA}")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setAppName("lod.spark")
    if master := master or ("" if submitted else "local[*]"):
        configuration.setMaster(master)
    for key, value in LOCAL.items() if master.startswith("local") else ():
        configuration.setIfMissing(key, value)
    try:
        context = SparkContext.getOrCreate(configuration)
    except PySparkRuntimeError as error:
        raise UsageError(f"Java does not start Spark, see above; {JAVA}") from error
    with _errors_of_executors():
        try:
            yield context
        finally:
            context.stop()


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which(str(Path(home, "bin", "java")) if home else "java"))


@contextmanager
def _errors_of_executors() -> Iterator[None]:
    """Raise a LodError that an executor has raised as a LodError here; others stay as they are."""
    from py4j.protocol import Py4JError

    try:
        yield
    except Py4JError as error:
        _, mark, rest = str(error).partition(MARK)
        if not mark:
            raise
        raise LodError(rest.splitlines()[0]) from error
