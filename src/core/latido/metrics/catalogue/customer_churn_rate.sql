-- Share of the customers active on the day before the period who are not active on its last day. Each customer is
-- followed by itself: new ones make up for nobody. Variants: `event` counts customers with any inactive day, `exposed`
-- all who were active on some day, `over_acquired` divides by the customers who first paid in the period, `over_average`
-- by the mean of both counts, `net_count` compares only the counts.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded,
       CAST(CASE $variant
           WHEN 'event' THEN interrupted
           WHEN 'net_count' THEN (was_active - is_active) * counts
           WHEN 'exposed' THEN (1 - is_active) * counts
           ELSE was_active * (1 - is_active) * counts END AS BIGINT) AS numerator,
       CAST(CASE $variant
           WHEN 'exposed' THEN counts
           WHEN 'over_acquired' THEN acquired
           WHEN 'over_average' THEN CAST((was_active + is_active) * counts AS DECIMAL(28,12)) / 2
           ELSE was_active * counts END AS DECIMAL(28,12)) AS denominator, counts
FROM states
WHERE was_active = 1 OR $variant IN ('exposed', 'over_acquired')
   OR $variant IN ('over_average', 'net_count') AND is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS BIGINT), CAST(NULL AS DECIMAL(28,12)),
       counts
FROM left_out_contracts
