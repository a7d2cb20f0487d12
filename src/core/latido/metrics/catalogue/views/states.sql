-- What each customer paid on the day before a period and on its last day, and on how many of these days it was active.
-- Customers who never were on any of them are left out. A stretch that covers them all is the customer's only one.
SELECT p.period_id, s.customer_id, s.source, s.amount AS opening, s.amount AS revalued, s.amount AS closing,
       1 AS was_active, 1 AS is_active, p.days + 1 AS active_days, p.days + 1 AS span, 1 AS was_customer,
       0 AS is_first, s.blocked AS opening_blocked, s.blocked AS closing_blocked
FROM m_segments AS s
JOIN periods AS p ON s.starts_on <= p.opening_on AND s.until_on >= p.ends_on
WHERE s.scope = $scope
UNION ALL
SELECT p.period_id, s.customer_id, MIN(s.source),
       SUM(CASE WHEN s.starts_on <= p.opening_on THEN s.amount ELSE 0 END),
       SUM(CASE WHEN s.starts_on <= p.opening_on THEN s.amount ELSE 0 END),
       SUM(CASE WHEN s.until_on >= p.ends_on THEN s.amount ELSE 0 END),
       MAX(CASE WHEN s.starts_on <= p.opening_on THEN 1 ELSE 0 END),
       MAX(CASE WHEN s.until_on >= p.ends_on THEN 1 ELSE 0 END),
       SUM(DATE_DIFF('day', GREATEST(s.starts_on, p.opening_on), LEAST(s.until_on, p.ends_on))),
       MAX(p.days) + 1,
       MAX(CASE WHEN s.first_on < p.starts_on THEN 1 ELSE 0 END),
       MAX(CASE WHEN s.first_on >= p.starts_on AND s.first_on < p.ends_on THEN 1 ELSE 0 END),
       MIN(CASE WHEN s.starts_on <= p.opening_on THEN s.blocked END),
       MIN(CASE WHEN s.until_on >= p.ends_on THEN s.blocked END)
FROM m_segments AS s
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on > p.opening_on
WHERE s.scope = $scope AND (s.starts_on > p.opening_on OR s.until_on < p.ends_on)
GROUP BY p.period_id, s.customer_id
