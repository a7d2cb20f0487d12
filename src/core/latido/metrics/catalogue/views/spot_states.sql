-- As `states`, at the rates of the two days themselves: `revalued` is what was paid before the period, at the rates of
-- its last day.
SELECT c.period_id, c.customer_id, MIN(c.source) AS source,
       SUM(CASE WHEN c.was_active = 1 THEN CAST(c.monthly * o.rate AS DECIMAL(28,12)) ELSE 0 END) AS opening,
       SUM(CASE WHEN c.was_active = 1 THEN CAST(c.monthly * e.rate AS DECIMAL(28,12)) ELSE 0 END) AS revalued,
       SUM(CASE WHEN c.is_active = 1 THEN CAST(c.monthly * e.rate AS DECIMAL(28,12)) ELSE 0 END) AS closing,
       MAX(c.was_active) AS was_active, MAX(c.is_active) AS is_active, MAX(c.was_customer) AS was_customer,
       MIN(CASE WHEN c.was_active = 0 THEN CAST(NULL AS VARCHAR)
                WHEN c.currency IS NULL THEN 'missing_currency'
                WHEN o.rate IS NULL OR e.rate IS NULL THEN 'missing_fx_rate' END) AS opening_blocked,
       MIN(CASE WHEN c.is_active = 0 THEN CAST(NULL AS VARCHAR)
                WHEN c.currency IS NULL THEN 'missing_currency'
                WHEN e.rate IS NULL THEN 'missing_fx_rate' END) AS closing_blocked,
       1 AS counts
FROM (SELECT p.period_id, p.opening_on, p.closing_on, k.customer_id, k.source, k.monthly, k.currency,
             CASE WHEN k.starts_on <= p.opening_on AND k.until_on > p.opening_on THEN 1 ELSE 0 END AS was_active,
             CASE WHEN k.until_on >= p.ends_on THEN 1 ELSE 0 END AS is_active,
             CASE WHEN k.starts_on < p.starts_on THEN 1 ELSE 0 END AS was_customer
      FROM m_contracts AS k
      JOIN periods AS p ON k.starts_on < p.ends_on
      WHERE k.excluded IS NULL AND ($scope = '' OR k.source = $scope)) AS c
LEFT JOIN m_rates AS o ON o.currency = c.currency AND o.starts_on <= c.opening_on AND o.until_on > c.opening_on
LEFT JOIN m_rates AS e ON e.currency = c.currency AND e.starts_on <= c.closing_on AND e.until_on > c.closing_on
GROUP BY c.period_id, c.customer_id
HAVING MAX(c.was_active) = 1 OR MAX(c.is_active) = 1
