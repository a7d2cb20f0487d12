-- The recurring monthly amount per active customer, on the last day of the period.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing AS numerator, CAST(counts AS BIGINT) AS denominator,
       closing_blocked AS blocked, counts
FROM states
WHERE is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS BIGINT),
       CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
WHERE is_active = 1
