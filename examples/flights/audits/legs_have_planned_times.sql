AUDIT (
  name legs_have_planned_times,
  description 'Every leg has a planned departure and, by the time zone of its destination, a planned arrival.'
);

SELECT leg_id, destination_id
FROM silver.legs
WHERE planned_departure IS NULL OR planned_arrival IS NULL;
