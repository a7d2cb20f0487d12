-- Share of the recurring monthly amount of the day before the period that is missing on its last day among the same
-- customers, what the others pay more taken off: below 0 where that is more. `with_reactivation` takes off returning
-- customers, too.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, opening - closing AS numerator, opening AS denominator,
       LEAST(opening_blocked, closing_blocked) AS blocked, counts
FROM states
WHERE was_active = 1 OR is_active = 1 AND was_customer = 1 AND $variant = 'with_reactivation'
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
