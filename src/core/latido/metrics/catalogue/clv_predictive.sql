-- What a customer will still buy within the horizon, on average over all who ever bought, discounted by the year. From on
-- how many days each bought, how lately, and for how much, two models tell how likely it is still there, how often it
-- will buy again and for how much. They are made for customers who come back when they like: contracts have
-- `clv_subscription`. It takes at least 100 customers who bought again; of more than 25,000 customers, the models are
-- fitted to an even selection.
WITH bought AS (
    SELECT customer_id, closed_on, MIN(source) AS source, SUM(value) AS value, MIN(blocked) AS blocked,
           MIN(closed_on) OVER (PARTITION BY customer_id) AS first_on
    FROM purchases
    WHERE excluded IS NULL
    GROUP BY customer_id, closed_on
)
SELECT p.period_id, b.customer_id, 'customers' AS entity, MIN(b.source) AS source, b.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, MIN(b.blocked) AS blocked, COUNT(*) - 1 AS numerator,
       CAST(DATE_DIFF('day', MIN(b.first_on), MAX(b.closed_on)) AS VARCHAR) AS class,
       DATE_DIFF('day', MIN(b.first_on), MIN(p.closing_on)) AS denominator,
       CAST(CAST(SUM(CASE WHEN b.closed_on > b.first_on THEN b.value END) AS DOUBLE) / NULLIF(COUNT(*) - 1, 0)
            AS DECIMAL(28,12)) AS value
FROM bought AS b
JOIN periods AS p ON b.closed_on < p.ends_on
GROUP BY p.period_id, b.customer_id
UNION ALL
SELECT p.period_id, d.customer_id, 'deals', d.source, d.source_id, d.excluded, d.blocked, 0, CAST(NULL AS VARCHAR), 0,
       CAST(NULL AS DECIMAL(28,12))
FROM purchases AS d
JOIN periods AS p ON d.closed_on < p.ends_on
WHERE d.excluded IS NOT NULL
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, blocked, 0, CAST(NULL AS VARCHAR), 0,
       CAST(NULL AS DECIMAL(28,12))
FROM undated_purchases
