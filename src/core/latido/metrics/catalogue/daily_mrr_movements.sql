-- How the recurring monthly amount came from what it was on the day before the period to what it is on its last day, day
-- by day: a customer that leaves and returns is counted as both. Opening plus movements is closing, exactly.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, 'opening' AS class, opening AS value, opening_blocked AS blocked, counts
FROM states
WHERE was_active = 1
UNION ALL
SELECT p.period_id, s.customer_id, 'customers', s.source, s.customer_id, CAST(NULL AS VARCHAR),
       CASE WHEN s.was_active = 0 AND NOT s.is_return THEN 'new'
            WHEN s.was_active = 0 THEN 'reactivation'
            WHEN s.is_active = 0 THEN 'churn'
            WHEN s.amount_after > s.amount_before THEN 'expansion'
            ELSE 'contraction' END,
       ABS(s.amount_after - s.amount_before), s.blocked, 1
FROM m_steps AS s
JOIN period_days AS p ON p.day = s.day AND s.day >= p.starts_on AND s.day < p.ends_on
WHERE s.scope = $scope AND (s.amount_after <> s.amount_before OR s.blocked IS NOT NULL)
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), 'closing', closing,
       closing_blocked, counts
FROM states
WHERE is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS VARCHAR), CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
