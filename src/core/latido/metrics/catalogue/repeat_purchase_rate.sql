-- Share of the customers who bought in the period that bought at least twice in it; two purchases on one day are two.
-- The variant `returning` also counts those who had bought before.
WITH bought AS (
    SELECT period_id, starts_on, customer_id, source, source_id, excluded FROM sold_deals
), firsts AS (
    SELECT customer_id, MIN(closed_on) AS first_on FROM purchases WHERE excluded IS NULL GROUP BY customer_id
)
SELECT b.period_id, b.customer_id, 'customers' AS entity, MIN(b.source) AS source, b.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded,
       CASE WHEN COUNT(*) >= 2 THEN 1
            WHEN $variant = 'returning' AND MIN(f.first_on) < MIN(b.starts_on) THEN 1
            ELSE 0 END AS numerator
FROM bought AS b
JOIN firsts AS f ON f.customer_id = b.customer_id
WHERE b.excluded IS NULL
GROUP BY b.period_id, b.customer_id
UNION ALL
SELECT period_id, customer_id, 'deals', source, source_id, excluded, 0
FROM bought
WHERE excluded IS NOT NULL
