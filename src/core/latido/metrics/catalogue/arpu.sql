-- What was sold in the period per customer: those who bought something in it, and those under contract on any of its
-- days.
SELECT period_id, customer_id, entity, source, source_id, excluded, value AS numerator, CAST(0 AS BIGINT) AS denominator,
       blocked, 1 AS counts
FROM sold_deals
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), CAST(0 AS DECIMAL(28,12)),
       counts, CAST(NULL AS VARCHAR), counts
FROM present
