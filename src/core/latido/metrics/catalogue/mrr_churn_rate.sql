-- Share of the recurring monthly amount of the day before the period that was lost by its last day: by customers who
-- left and by those who pay less. `churn_only` counts only those who left; `net_change` compares the totals.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded,
       CASE WHEN $variant = 'net_change' THEN opening - closing
            WHEN is_active = 0 THEN revalued
            WHEN $variant = 'churn_only' THEN 0
            ELSE revalued - LEAST(revalued, closing) END AS numerator,
       opening AS denominator, LEAST(opening_blocked, closing_blocked) AS blocked, counts
FROM states
WHERE was_active = 1 OR is_active = 1 AND $variant = 'net_change'
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
