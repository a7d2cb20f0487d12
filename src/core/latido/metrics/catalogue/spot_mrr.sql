-- Recurring monthly amounts in force on the last day of the period, at the rates of that day.
SELECT p.period_id, k.customer_id, k.entity, k.source, k.source_id, k.excluded,
       CAST(k.monthly * r.rate AS DECIMAL(28,12)) AS value,
       CASE WHEN k.currency IS NULL THEN 'missing_currency' WHEN r.rate IS NULL THEN 'missing_fx_rate' END AS blocked,
       k.owner, k.team, k.pipeline, k.product
FROM m_contracts AS k
JOIN periods AS p
  ON COALESCE(k.starts_on, DATE '0001-01-01') < p.ends_on
 AND CASE WHEN k.excluded = 'empty_interval' THEN DATE '9999-01-01' ELSE k.until_on END >= p.ends_on
LEFT JOIN m_rates AS r ON r.currency = k.currency AND r.starts_on <= p.closing_on AND r.until_on > p.closing_on
