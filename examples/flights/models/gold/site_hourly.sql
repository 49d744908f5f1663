MODEL (
  name gold.site_hourly,
  kind INCREMENTAL_BY_TIME_RANGE (time_column hour, lookback 1),
  cron '@daily',
  grain (hour, site_id),
  owner network_planning,
  audits (site_hours_are_whole),
  description 'What each site had to handle in each UTC hour by plan, how it went, and the weather there.'
);

-- Lookback: a leg that arrives today may have left yesterday.
WITH handled AS (
  SELECT
    date_trunc('hour', planned_departure) AS hour, origin_id AS site_id,
    1 AS departures, 0 AS arrivals, CAST(cancelled AS INTEGER) AS departures_cancelled,
    date_diff('minute', planned_departure, actual_departure) AS departure_delay_min, NULL AS arrival_delay_min
  FROM silver.legs
  UNION ALL
  SELECT
    date_trunc('hour', planned_arrival), destination_id,
    0, 1, 0,
    NULL, date_diff('minute', planned_arrival, actual_arrival)
  FROM silver.legs
)
SELECT
  h.hour,
  h.site_id,
  any_value(s.name) AS site_name,
  CAST(sum(h.departures) AS BIGINT) AS departures_planned,
  CAST(sum(h.departures_cancelled) AS BIGINT) AS departures_cancelled,
  CAST(sum(h.arrivals) AS BIGINT) AS arrivals_planned,
  CAST(coalesce(sum(h.departure_delay_min), 0) AS BIGINT) AS departure_delay_min_total,
  CAST(coalesce(sum(h.arrival_delay_min), 0) AS BIGINT) AS arrival_delay_min_total,
  any_value(w.wind_speed) AS wind_speed_mph,
  any_value(w.visib) AS visibility_miles,
  any_value(w.precip) AS precipitation_inches
FROM handled AS h
LEFT JOIN silver.sites AS s ON s.faa = h.site_id
LEFT JOIN silver.weather AS w ON w.origin = h.site_id AND w.time_hour = h.hour
GROUP BY h.hour, h.site_id;
