-- What was sold in the period per customer: those who bought something in it, and those under contract on any of its
-- days.
SELECT p.period_id, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.excluded, d.value AS numerator,
       CAST(0 AS BIGINT) AS denominator, d.blocked, 1 AS counts
FROM purchases AS d
JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), CAST(0 AS DECIMAL(28,12)),
       counts, CAST(NULL AS VARCHAR), counts
FROM present
