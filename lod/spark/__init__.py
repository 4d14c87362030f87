"""The conversion of a build as a job on Apache Spark; `README.md` beside this file describes it.

Only `job.py` and `session.py` import Spark. The other modules are functions of one partition.
"""
