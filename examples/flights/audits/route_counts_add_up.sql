AUDIT (
  name route_counts_add_up,
  description 'Every leg departed or was cancelled, and no more arrived than departed.'
);

SELECT day, origin_id, destination_id, legs, cancelled, departed, arrived, arrived_late
FROM gold.route_daily
WHERE legs <> cancelled + departed OR arrived > departed OR arrived_late > arrived;
