MODEL (
  name silver.leg_events,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ts, lookback 2, lookahead 1),
  cron '@daily',
  grain event_id,
  owner network_planning,
  audits (leg_events_do_not_contradict),
  description 'The life of each leg as events, in event-time order.'
);

-- Lookback and lookahead are days of planned departure around the day of an event: a leg arrives up to 33
-- hours after its planned departure, leaves up to 43 minutes before it, and is announced a day before it.
SELECT leg_id || '/scheduled' AS event_id, leg_id, 'scheduled' AS event, vehicle_id, carrier,
       origin_id AS site_id, planned_departure - INTERVAL 24 HOUR AS ts
FROM silver.legs
UNION ALL
SELECT leg_id || '/departed', leg_id, 'departed', vehicle_id, carrier, origin_id, actual_departure
FROM silver.legs
WHERE actual_departure IS NOT NULL
UNION ALL
SELECT leg_id || '/arrived', leg_id, 'arrived', vehicle_id, carrier, destination_id, actual_arrival
FROM silver.legs
WHERE actual_arrival IS NOT NULL
UNION ALL
-- When a leg was cancelled is not in the data; at the planned departure it was known at the latest.
SELECT leg_id || '/cancelled', leg_id, 'cancelled', vehicle_id, carrier, origin_id, planned_departure
FROM silver.legs
WHERE cancelled;
