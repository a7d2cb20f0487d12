-- The customers whose contracts change in a period, as `states` has them.
SELECT p.period_id, s.customer_id, MIN(s.source) AS source,
       SUM(CASE WHEN s.starts_on <= p.opening_on THEN s.amount ELSE 0 END) AS opening,
       SUM(CASE WHEN s.until_on >= p.ends_on THEN s.amount ELSE 0 END) AS closing,
       MAX(CASE WHEN s.starts_on <= p.opening_on THEN 1 ELSE 0 END) AS was_active,
       MAX(CASE WHEN s.until_on >= p.ends_on THEN 1 ELSE 0 END) AS is_active,
       SUM(DATE_DIFF('day', GREATEST(s.starts_on, p.opening_on), LEAST(s.until_on, p.ends_on))) AS active_days,
       MAX(p.days) + 1 AS span, MAX(CASE WHEN s.first_on < p.starts_on THEN 1 ELSE 0 END) AS was_customer,
       MAX(CASE WHEN s.first_on >= p.starts_on AND s.first_on < p.ends_on THEN 1 ELSE 0 END) AS is_first,
       MIN(CASE WHEN s.starts_on <= p.opening_on THEN s.blocked END) AS opening_blocked,
       MIN(CASE WHEN s.until_on >= p.ends_on THEN s.blocked END) AS closing_blocked
FROM m_segments AS s
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on > p.opening_on
WHERE s.scope = $scope AND (s.starts_on > p.opening_on OR s.until_on < p.ends_on)
GROUP BY p.period_id, s.customer_id
