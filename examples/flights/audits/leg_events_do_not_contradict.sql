AUDIT (
  name leg_events_do_not_contradict,
  description 'No event repeats, and a cancelled leg neither departs nor arrives.'
);

SELECT leg_id, event, count(*) AS events
FROM silver.leg_events
GROUP BY leg_id, event
HAVING count(*) > 1
UNION ALL
SELECT c.leg_id, d.event, 1
FROM silver.leg_events AS c
JOIN silver.leg_events AS d ON d.leg_id = c.leg_id AND d.event IN ('departed', 'arrived')
WHERE c.event = 'cancelled';
