MODEL (
  name gold.carrier_on_time,
  kind INCREMENTAL_BY_TIME_RANGE (time_column day),
  cron '@daily',
  grain (day, carrier),
  owner network_planning,
  audits (on_time_share_is_a_share),
  description 'Each carrier on each UTC day of planned departure: punctuality and the fleet that flew.'
);

-- On time as the US Department of Transportation counts it: arrived less than 15 minutes late.
SELECT
  CAST(l.planned_departure AS DATE) AS day,
  l.carrier,
  count(*) AS legs,
  count(*) FILTER (WHERE l.cancelled) AS cancelled,
  count(l.actual_arrival) AS arrived,
  count(*) FILTER (WHERE l.actual_arrival < l.planned_arrival + INTERVAL 15 MINUTE) AS on_time,
  count(*) FILTER (WHERE l.actual_arrival < l.planned_arrival + INTERVAL 15 MINUTE)
    / nullif(count(l.actual_arrival), 0) AS on_time_share,
  count(DISTINCT l.vehicle_id) FILTER (WHERE l.actual_departure IS NOT NULL) AS vehicles,
  count(*) FILTER (WHERE v.tailnum IS NULL) AS legs_without_vehicle_record,
  CAST(coalesce(sum(v.seats) FILTER (WHERE l.actual_departure IS NOT NULL), 0) AS BIGINT) AS seats_flown
FROM silver.legs AS l
LEFT JOIN silver.vehicles AS v ON v.tailnum = l.vehicle_id
GROUP BY ALL;
