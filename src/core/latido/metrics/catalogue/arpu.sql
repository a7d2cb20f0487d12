-- What was sold in the period per customer: those who bought something in it, and those under contract on any of its
-- days.
WITH bought AS (
    SELECT p.period_id, d.customer_id, d.source, d.source_id, d.value, d.blocked, d.excluded
    FROM purchases AS d
    JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
), present AS (
    SELECT period_id, customer_id, source FROM bought WHERE excluded IS NULL
    UNION ALL
    SELECT p.period_id, k.customer_id, k.source
    FROM m_contracts AS k
    JOIN periods AS p ON k.starts_on < p.ends_on AND k.until_on > p.starts_on
    WHERE k.excluded IS NULL AND ($scope = '' OR k.source = $scope)
)
SELECT period_id, customer_id, 'deals' AS entity, source, source_id, excluded, value AS numerator,
       CAST(0 AS BIGINT) AS denominator, blocked
FROM bought
UNION ALL
SELECT period_id, customer_id, 'customers', MIN(source), customer_id, CAST(NULL AS VARCHAR),
       CAST(0 AS DECIMAL(28,12)), CAST(1 AS BIGINT), CAST(NULL AS VARCHAR)
FROM present
GROUP BY period_id, customer_id
