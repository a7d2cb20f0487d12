-- Share of the customers active on the day before the period who are active on its last day, too: 1 - churn.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, CAST(is_active * counts AS BIGINT) AS numerator,
       CAST(counts AS BIGINT) AS denominator, counts
FROM states
WHERE was_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), counts
FROM left_out_contracts
