-- Where the customers active on the last day of the period are: `onboarding` until their first moment of value, then
-- `support` for those in the segment of high value, who are looked after most, and `ongoing` for the others.
SELECT p.period_id, s.customer_id, 'customers' AS entity, s.source, s.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, s.amount AS value, s.blocked,
       CASE WHEN s.valued_at IS NULL OR s.valued_at >= p.ends_at THEN 'onboarding'
            WHEN s.amount >= b.high_from THEN 'support'
            ELSE 'ongoing' END AS class
FROM stretches AS s
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.ends_on
JOIN value_bars AS b ON b.period_id = p.period_id
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR),
       CAST(NULL AS VARCHAR)
FROM left_out_contracts
WHERE is_active = 1
