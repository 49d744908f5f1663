AUDIT (
  name legs_arrive_after_they_depart,
  description 'No leg arrives before it leaves, and no plan lasts longer than half a day.'
);

SELECT leg_id, planned_departure, planned_arrival, actual_departure, actual_arrival
FROM silver.legs
WHERE planned_arrival <= planned_departure
   OR planned_arrival > planned_departure + INTERVAL 12 HOUR
   OR actual_arrival <= actual_departure;
