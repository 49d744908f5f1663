AUDIT (
  name on_time_share_is_a_share,
  description 'The share is between 0 and 1, and missing only where nothing arrived.'
);

SELECT day, carrier, arrived, on_time, on_time_share
FROM gold.carrier_on_time
WHERE on_time_share NOT BETWEEN 0 AND 1 OR (on_time_share IS NULL) <> (arrived = 0);
