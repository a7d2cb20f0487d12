-- What customers active on the day before the period and on its last day pay more each month than they did, at the rates
-- of its last day.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing - revalued AS value,
       LEAST(opening_blocked, closing_blocked) AS blocked, counts
FROM spot_states
WHERE was_active = 1 AND is_active = 1
      AND (closing > revalued OR LEAST(opening_blocked, closing_blocked) IS NOT NULL)
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR),
       counts
FROM left_out_contracts
