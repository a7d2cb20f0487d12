-- Recurring monthly amounts in force on the last day of the period, each converted at the rate of the day on which it
-- was booked. Amounts below 0, and contracts that never begin or end before they do, are left out, visibly.
SELECT p.period_id, k.customer_id, k.entity, k.source, k.source_id, k.excluded, k.amount AS value,
       k.blocked, k.owner, k.team, k.pipeline, k.product
FROM m_contracts AS k
JOIN periods AS p
  ON COALESCE(k.starts_on, DATE '0001-01-01') < p.ends_on
 AND CASE WHEN k.excluded = 'empty_interval' THEN DATE '9999-01-01' ELSE k.until_on END >= p.ends_on
