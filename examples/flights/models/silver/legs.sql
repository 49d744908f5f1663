MODEL (
  name silver.legs,
  kind INCREMENTAL_BY_TIME_RANGE (time_column planned_departure),
  cron '@daily',
  grain leg_id,
  owner network_planning,
  audits (legs_have_planned_times, legs_arrive_after_they_depart, legs_agree_with_the_clock),
  description 'One planned movement of a vehicle between two sites, all times in UTC.'
);

WITH sites_lacked(faa, tzone) AS (
  -- Destinations that the sites table lacks: three in Puerto Rico, one in the Virgin Islands (same time).
  VALUES ('SJU', 'America/Puerto_Rico'), ('PSE', 'America/Puerto_Rico'),
         ('BQN', 'America/Puerto_Rico'), ('STT', 'America/Puerto_Rico')
),
timed AS (
  SELECT
    f.*,
    f.time_hour + to_minutes(f.minute) AS planned_departure,
    coalesce(s.tzone, l.tzone) AS destination_timezone
  FROM silver.flights AS f
  LEFT JOIN silver.sites AS s ON s.faa = f.dest
  LEFT JOIN sites_lacked AS l ON l.faa = f.dest
),
placed AS (
  -- The planned arrival as an instant, if it fell on the date that the destination had at departure.
  SELECT
    *,
    date_trunc('day', timezone(destination_timezone, planned_departure))
      + to_hours(sched_arr_time // 100) + to_minutes(sched_arr_time % 100) AS arrival_same_date
  FROM timed
),
planned AS (
  -- A clock time that is not after the departure belongs to the next date: the leg flies through midnight.
  SELECT
    *,
    CASE
      WHEN timezone(destination_timezone, arrival_same_date) > planned_departure
        THEN timezone(destination_timezone, arrival_same_date)
      ELSE timezone(destination_timezone, arrival_same_date + INTERVAL 1 DAY)
    END AS planned_arrival
  FROM placed
)
SELECT
  strftime(time_hour, '%Y%m%dT%H') || '-' || carrier || '-' || flight || '-' || origin AS leg_id,
  tailnum AS vehicle_id,
  carrier,
  origin AS origin_id,
  dest AS destination_id,
  planned_departure,
  planned_arrival,
  planned_departure + to_minutes(dep_delay) AS actual_departure,
  planned_arrival + to_minutes(arr_delay) AS actual_arrival,
  distance * 1.609344::DOUBLE AS distance_km,
  dep_time IS NULL AS cancelled
FROM planned;
