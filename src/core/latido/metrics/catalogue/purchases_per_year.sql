-- How often a customer who bought in the period buys in a year of 365.25 days, at the pace of the period.
WITH bought AS (
    SELECT p.period_id, p.days, d.customer_id, d.source, d.source_id, d.excluded
    FROM purchases AS d
    JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
)
SELECT period_id, customer_id, 'deals' AS entity, source, source_id, excluded,
       CAST(365.25 AS DECIMAL(28,12)) AS numerator, CAST(0 AS BIGINT) AS denominator
FROM bought
UNION ALL
SELECT period_id, customer_id, 'customers', MIN(source), customer_id, CAST(NULL AS VARCHAR),
       CAST(0 AS DECIMAL(28,12)), MIN(days)
FROM bought
WHERE excluded IS NULL
GROUP BY period_id, customer_id
