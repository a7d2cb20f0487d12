-- What customers came to pay more each month, day by day; what they pay less on another day takes nothing off.
SELECT p.period_id, s.customer_id, 'customers' AS entity, s.source, s.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, s.amount_after - s.amount_before AS value, s.blocked
FROM m_steps AS s
JOIN period_days AS p ON p.day = s.day AND s.day >= p.starts_on AND s.day < p.ends_on
WHERE s.scope = $scope AND s.was_active = 1 AND s.is_active = 1
      AND (s.amount_after > s.amount_before OR s.blocked IS NOT NULL)
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR)
FROM left_out_contracts
