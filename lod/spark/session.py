"""A context of Spark, or one line that says what is missing for one."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lod.base.errors import LodError, UsageError

HERE = "127.0.0.1"
LOCAL = {  # on this machine alone: nothing listens to the network
    "spark.driver.bindAddress": HERE,
    "spark.driver.host": HERE,
    "spark.ui.enabled": "false",
}
EXTRA = "pip install 'questions-parlementaires-lod[spark]'"
JAVA = "install Java 17 or newer (Debian: apt-get install default-jre-headless), or set JAVA_HOME"
MARK = "lod.base.errors.LodError: "


@contextmanager
def session(master: str = "") -> Iterator[Any]:
    """Give a context; without `master`, the one of spark-submit, else this machine.

    Raises UsageError if PySpark or Java is not there, LodError for what an executor says so.
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
    with _told():
        try:
            yield context
        finally:
            context.stop()


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which(str(Path(home, "bin", "java")) if home else "java"))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what an executor raised for people into the same here; all else is a bug of ours."""
    from py4j.protocol import Py4JError

    try:
        yield
    except Py4JError as error:
        _, mark, rest = str(error).partition(MARK)
        if not mark:
            raise
        raise LodError(rest.splitlines()[0]) from error
