-- What each customer paid on the day before a period and on its last day, and on which of these days it was active.
-- Customers who never were on any of them are left out. A stretch that covers them all is the customer's only one.
-- `counts` is how many customers a row stands for: one; `interrupted`, `in_period` and `acquired` are how many of them
-- were without a contract on some day, had one on some day of the period itself, and had their first one in it.
SELECT p.period_id, s.customer_id, s.source, s.amount AS opening, s.amount AS revalued, s.amount AS closing,
       1 AS was_active, 1 AS is_active, 1 AS was_customer, 0 AS interrupted, 1 AS in_period, 0 AS acquired,
       s.blocked AS opening_blocked, s.blocked AS closing_blocked, 1 AS counts
FROM m_segments AS s
JOIN periods AS p ON s.starts_on <= p.opening_on AND s.until_on >= p.ends_on
WHERE s.scope = $scope
UNION ALL
SELECT period_id, customer_id, source, opening, opening, closing, was_active, is_active, was_customer, interrupted,
       in_period, acquired,
       CASE opening_lacks WHEN 1 THEN 'missing_currency' WHEN 2 THEN 'missing_fx_rate' END,
       CASE closing_lacks WHEN 1 THEN 'missing_currency' WHEN 2 THEN 'missing_fx_rate' END, 1
FROM movers
