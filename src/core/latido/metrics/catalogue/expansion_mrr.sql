-- What customers active on the day before the period and on its last day pay more each month than they did. Whose contracts
-- changed, and have an amount without a rate, may be among them.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing - opening AS value,
       CASE LEAST(opening_lacks, closing_lacks) WHEN 1 THEN 'missing_currency' WHEN 2 THEN 'missing_fx_rate' END
           AS blocked, 1 AS counts
FROM movers
WHERE was_active = 1 AND is_active = 1
      AND (closing > opening OR LEAST(opening_lacks, closing_lacks) IS NOT NULL)
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR),
       counts
FROM left_out_contracts
