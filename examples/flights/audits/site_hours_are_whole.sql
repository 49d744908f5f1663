AUDIT (
  name site_hours_are_whole,
  description 'Hours are whole hours, and no row stands for nothing.'
);

SELECT hour, site_id
FROM gold.site_hourly
WHERE hour <> date_trunc('hour', hour) OR departures_planned + arrivals_planned = 0
   OR departures_cancelled > departures_planned;
