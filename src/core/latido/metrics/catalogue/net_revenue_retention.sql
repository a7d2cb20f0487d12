-- What the customers of the day before the period pay on its last day, by what they paid then.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing AS numerator, opening AS denominator,
       LEAST(opening_blocked, closing_blocked) AS blocked, counts
FROM states
WHERE was_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
