-- Purchases of which nobody knows when they closed: they may belong to any period, are shown in each, and left out of it.
SELECT p.period_id, p.starts_on, p.days, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.value, d.blocked,
       d.excluded
FROM purchases AS d
CROSS JOIN periods AS p
WHERE d.closed_on IS NULL
