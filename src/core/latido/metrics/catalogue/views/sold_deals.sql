-- The purchases of each period, and the undated ones, which are left out of it.
SELECT p.period_id, p.starts_on, p.days, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.value, d.blocked,
       d.excluded
FROM purchases AS d
JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
UNION ALL
SELECT period_id, starts_on, days, customer_id, entity, source, source_id, value, blocked, excluded
FROM undated_purchases
