-- Where the customers active on the last day of the period are: `onboarding` until their first moment of value, then
-- `support` for those in the segment of high value, who are looked after most, and `ongoing` for the others.
SELECT p.period_id, s.customer_id, 'customers' AS entity, s.source, s.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, s.amount AS value, s.blocked,
       CASE WHEN v.valued_at IS NULL OR v.valued_at >= p.ends_at THEN 'onboarding'
            WHEN s.amount >= b.high_from THEN 'support'
            ELSE 'ongoing' END AS class
FROM stretches AS s
LEFT JOIN (SELECT customer_id, MIN(occurred_at) AS valued_at
           FROM m_milestones
           WHERE milestone = 'first_value' AND excluded IS NULL AND ($scope = '' OR source = $scope)
           GROUP BY customer_id) AS v ON v.customer_id = s.customer_id
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.ends_on
JOIN value_bars AS b ON b.period_id = p.period_id AND b.day = 'closing'
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR),
       CAST(NULL AS VARCHAR)
FROM left_out_contracts
WHERE is_active = 1
