MODEL (
  name gold.route_daily,
  kind INCREMENTAL_BY_TIME_RANGE (time_column day),
  cron '@daily',
  grain (day, origin_id, destination_id),
  owner network_planning,
  audits (route_counts_add_up),
  description 'Each route on each UTC day of planned departure: how many legs, how late.'
);

-- Delays are whole minutes and kept as totals, so that a week or a year is the sum of its days.
SELECT
  CAST(planned_departure AS DATE) AS day,
  origin_id,
  destination_id,
  count(*) AS legs,
  count(*) FILTER (WHERE cancelled) AS cancelled,
  count(actual_departure) AS departed,
  count(actual_arrival) AS arrived,
  count(*) FILTER (WHERE actual_arrival >= planned_arrival + INTERVAL 15 MINUTE) AS arrived_late,
  CAST(coalesce(sum(date_diff('minute', planned_departure, actual_departure)), 0) AS BIGINT)
    AS departure_delay_min_total,
  CAST(coalesce(sum(date_diff('minute', planned_arrival, actual_arrival)), 0) AS BIGINT)
    AS arrival_delay_min_total,
  max(date_diff('minute', planned_arrival, actual_arrival)) AS arrival_delay_min_max
FROM silver.legs
GROUP BY ALL;
