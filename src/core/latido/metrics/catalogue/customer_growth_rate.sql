-- By how much the number of active customers grew, from the day before the period to its last day.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, CAST((is_active - was_active) * counts AS BIGINT) AS numerator,
       CAST(was_active * counts AS BIGINT) AS denominator, counts
FROM states
WHERE was_active = 1 OR is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), counts
FROM left_out_contracts
