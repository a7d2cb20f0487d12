-- What each customer paid on the day before a period and on its last day, and on how many of these days it was active.
-- Customers who never were on any of them are left out. A stretch that covers them all is the customer's only one.
-- `counts` is how many customers a row stands for: one.
SELECT p.period_id, s.customer_id, s.source, s.amount AS opening, s.amount AS revalued, s.amount AS closing,
       1 AS was_active, 1 AS is_active, p.days + 1 AS active_days, p.days + 1 AS span, 1 AS was_customer,
       0 AS is_first, s.blocked AS opening_blocked, s.blocked AS closing_blocked, 1 AS counts
FROM m_segments AS s
JOIN periods AS p ON s.starts_on <= p.opening_on AND s.until_on >= p.ends_on
WHERE s.scope = $scope
UNION ALL
SELECT period_id, customer_id, source, opening, opening, closing, was_active, is_active, active_days, span,
       was_customer, is_first, opening_blocked, closing_blocked, 1
FROM movers
