-- The recurring monthly amount per active customer, on the last day of the period.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing AS numerator, CAST(counts AS BIGINT) AS denominator,
       closing_blocked AS blocked, counts
FROM states
WHERE is_active = 1
