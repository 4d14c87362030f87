"""The conversion of a build as a job on Apache Spark: see README.md beside this file.

Only `job.py` and `session.py` know Spark; the rest are functions of one partition, which run
anywhere. `python -m lod.spark` is the command.
"""
