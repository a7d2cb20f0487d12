-- Customers with a recurring amount in force on the last day of the period.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, counts
FROM states
WHERE is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, counts
FROM left_out_contracts
WHERE is_active = 1
