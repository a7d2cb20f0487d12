-- How often a customer who bought in the period buys in a year of 365.25 days, at the pace of the period.
WITH bought AS (
    -- What is left out is shown once: by the other part of the formula, which asks what these purchases were worth.
    SELECT period_id, days, customer_id, source, source_id FROM sold_deals WHERE excluded IS NULL
)
SELECT period_id, customer_id, 'deals' AS entity, source, source_id, CAST(NULL AS VARCHAR) AS excluded,
       CAST(365.25 AS DECIMAL(28,12)) AS numerator, CAST(0 AS BIGINT) AS denominator
FROM bought
UNION ALL
SELECT period_id, customer_id, 'customers', MIN(source), customer_id, CAST(NULL AS VARCHAR),
       CAST(0 AS DECIMAL(28,12)), MIN(days)
FROM bought
GROUP BY period_id, customer_id
