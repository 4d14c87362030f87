"""The conversion of a build as a job on Apache Spark; `README.md` beside this file describes it.

Only `job.py` imports Spark. The other modules have the functions that work on one partition.
"""

from lod.extensions import Extension

EXTENSION = Extension(purpose="the conversion of a build as a job on Apache Spark")
