-- By how much the recurring monthly amount grew, from the day before the period to its last day.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing - opening AS numerator, opening AS denominator,
       LEAST(opening_blocked, closing_blocked) AS blocked, counts
FROM states
WHERE was_active = 1 OR is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
