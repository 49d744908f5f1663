AUDIT (
  name legs_agree_with_the_clock,
  blocking false,
  description 'The actual departure, seen on the clock of the origin, is the reported departure time.'
);

SELECT l.leg_id, l.actual_departure, f.dep_time
FROM silver.legs AS l
JOIN silver.flights AS f
  ON l.leg_id = strftime(f.time_hour, '%Y%m%dT%H') || '-' || f.carrier || '-' || f.flight || '-' || f.origin
WHERE CAST(strftime(timezone('America/New_York', l.actual_departure), '%H%M') AS INTEGER)
      <> f.dep_time % 2400;
