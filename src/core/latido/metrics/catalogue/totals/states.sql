-- As `states`, for totals: all customers of whom nothing changes in a period are one row of it, with their sums.
SELECT p.period_id, CAST(NULL AS VARCHAR) AS customer_id, MIN(s.source) AS source, SUM(s.amount) AS opening,
       SUM(s.amount) AS revalued, SUM(s.amount) AS closing, 1 AS was_active, 1 AS is_active,
       p.days + 1 AS active_days, p.days + 1 AS span, 1 AS was_customer, 0 AS is_first,
       MIN(s.blocked) AS opening_blocked, MIN(s.blocked) AS closing_blocked, COUNT(*) AS counts
FROM m_segments AS s
JOIN periods AS p ON s.starts_on <= p.opening_on AND s.until_on >= p.ends_on
WHERE s.scope = $scope
GROUP BY p.period_id, p.days
UNION ALL
SELECT period_id, customer_id, source, opening, opening, closing, was_active, is_active, active_days, span,
       was_customer, is_first, opening_blocked, closing_blocked, 1
FROM movers
