"""Runs inside Spark's own Python: reads Delta tables, writes to copies of some, answers JSON.

Request: tables and whole: {name: folder}, those to measure and those to give row by row; maxima: [[name,
column]] of tables; first: names of tables; append_to and delete_from: folders that Spark writes to.
Instants are microseconds since 1970, dates are days, decimals text, bytes hexadecimal.
"""

import json
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

PRIME = 1_000_000_007  # keeps sums of microseconds small

session = None


def start(request: dict) -> SparkSession:
    settings = {
        "spark.jars": request["jars"],
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": f"{request['scratch']}/warehouse",
        "spark.local.dir": f"{request['scratch']}/local",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("haul")
    for name, value in settings.items():
        builder = builder.config(name, value)
    started = builder.getOrCreate()
    started.sparkContext.setLogLevel("ERROR")
    return started


def delta(folder: str):
    return session.read.format("delta").load(folder)


def number_of(column: str, kind: str):
    """The column as JSON can hold it."""
    value = f.col(f"`{column}`")
    if kind in ("timestamp", "timestamp_ntz"):
        return f.unix_micros(value.cast("timestamp"))
    if kind == "date":
        return f.unix_date(value)
    if kind == "binary":
        return f.hex(value)
    return value.cast("string") if kind.startswith("decimal") else value


def measures(column: str, kind: str) -> list:
    value = number_of(column, kind)
    found = [f.count(value).alias(f"{column}.count")]
    if kind in ("timestamp", "timestamp_ntz"):
        found.append(f.sum(value % PRIME).alias(f"{column}.sum"))
    elif kind == "string":
        found.append(f.sum(f.length(value)).alias(f"{column}.sum"))
    elif kind == "binary":
        return [*found, f.sum(f.length(value) / 2).cast("bigint").alias(f"{column}.sum")]
    elif kind == "array<string>":
        return [*found, f.sum(f.length(f.array_join(value, ","))).alias(f"{column}.sum")]
    elif kind == "boolean":
        return [*found, f.sum(value.cast("int")).alias(f"{column}.sum")]
    else:
        found.append(f.sum(value).alias(f"{column}.sum"))
    return [*found, f.min(value).alias(f"{column}.min"), f.max(value).alias(f"{column}.max")]


def first_version(folder: str):
    return session.read.format("delta").option("versionAsOf", 0).load(folder)


def describe(folder: str) -> dict:
    frame = delta(folder)
    wanted = [f.count(f.lit(1)).alias("rows")]
    for name, kind in frame.dtypes:
        wanted += measures(name, kind)
    return {"columns": frame.dtypes, "measures": frame.agg(*wanted).collect()[0].asDict()}


def rows_with_the_greatest(folder: str, column: str) -> int:
    """Asked with a constant, so that Delta skips the files whose statistics say that they lack it."""
    frame = delta(folder)
    kind = dict(frame.dtypes)[column]
    greatest = frame.agg(f.max(number_of(column, kind))).collect()[0][0]
    constant_of = {"timestamp": f.timestamp_micros, "date": f.date_from_unix_date}.get(
        kind, lambda same: same
    )
    return frame.where(f.col(column) == constant_of(f.lit(greatest))).count()


def rows_of(folder: str) -> dict:
    frame = delta(folder)
    chosen = frame.select(*[number_of(*column).alias(column[0]) for column in frame.dtypes])
    rows = [row.asDict(recursive=True) for row in chosen.collect()]
    return {"columns": frame.dtypes, "rows": [list(row.values()) for row in rows]}


def append(folder: str) -> int:
    delta(folder).limit(7).write.format("delta").mode("append").save(folder)
    return delta(folder).count()


def delete(folder: str, condition: str) -> int:
    session.sql(f"ALTER TABLE delta.`{folder}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    session.sql(f"DELETE FROM delta.`{folder}` WHERE {condition}")
    return delta(folder).count()


def answer_to(request: dict) -> dict:
    tables = request["tables"]
    return {
        "version": session.version,
        "tables": {name: describe(folder) for name, folder in tables.items()},
        "whole": {name: rows_of(folder) for name, folder in request["whole"].items()},
        "maxima": [rows_with_the_greatest(tables[name], column) for name, column in request["maxima"]],
        "first_versions": {name: first_version(tables[name]).count() for name in request["first"]},
        "appended": append(request["append_to"]),
        "deleted": delete(request["delete_from"], request["condition"]),
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = json.load(file)
    session = start(wanted)
    answer = answer_to(wanted)
    session.stop()
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answer, file)
