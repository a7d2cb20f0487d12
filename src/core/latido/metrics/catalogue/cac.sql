-- What it cost to win a customer: what was spent on it in the period, by the customers won in it. What was spent over
-- several days is spread evenly over them. Spend without a day or an amount, or that ends before it begins, is left out,
-- visibly.
WITH spent AS (
    SELECT p.period_id, s.source, s.source_id, s.value, s.blocked, s.excluded,
           CAST(DATE_DIFF('day', s.starts_on, s.until_on) AS DECIMAL(9,0)) AS days,
           CAST(DATE_DIFF('day', s.starts_on, GREATEST(s.starts_on, p.starts_on)) AS DECIMAL(9,0)) AS days_before,
           CAST(DATE_DIFF('day', s.starts_on, LEAST(s.until_on, p.ends_on)) AS DECIMAL(9,0)) AS days_so_far
    FROM m_spend AS s
    JOIN periods AS p
      ON COALESCE(s.starts_on, DATE '0001-01-01') < p.ends_on
     AND CASE WHEN s.starts_on IS NULL THEN DATE '9999-01-01'
              WHEN s.until_on <= s.starts_on THEN s.starts_on + 1
              ELSE s.until_on END > p.starts_on
    WHERE ($scope = '' OR s.source = $scope) AND ('all' = ANY($categories) OR s.category = ANY($categories))
), shared AS (
    -- No engine divides decimals to the last digit: what is nearly the share, and below what that lacks of it.
    SELECT period_id, source, source_id, value, blocked, excluded, days, days_before, days_so_far,
           CAST(CAST(value AS DOUBLE) * days_so_far / NULLIF(days, 0) AS DECIMAL(20,4)) AS nearly_so_far,
           CAST(CAST(value AS DOUBLE) * days_before / NULLIF(days, 0) AS DECIMAL(20,4)) AS nearly_before
    FROM spent
)
SELECT period_id, CAST(NULL AS VARCHAR) AS customer_id, 'marketing_spend' AS entity, source, source_id, excluded,
       CASE WHEN days_so_far = days THEN value
            ELSE nearly_so_far + CAST(CAST(value * days_so_far - nearly_so_far * days AS DOUBLE) / NULLIF(days, 0)
                                      AS DECIMAL(28,12)) END
       - CASE WHEN days_before = 0 THEN 0
              ELSE nearly_before + CAST(CAST(value * days_before - nearly_before * days AS DOUBLE) / NULLIF(days, 0)
                                        AS DECIMAL(28,12)) END AS numerator,
       CAST(0 AS BIGINT) AS denominator, blocked
FROM shared
UNION ALL
SELECT p.period_id, a.customer_id, a.entity, a.source, a.source_id, CAST(NULL AS VARCHAR), CAST(0 AS DECIMAL(28,12)),
       CAST(1 AS BIGINT), CAST(NULL AS VARCHAR)
FROM m_acquired AS a
JOIN period_days AS p ON p.day = a.acquired_on AND a.acquired_on >= p.starts_on AND a.acquired_on < p.ends_on
WHERE a.scope = $scope
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS BIGINT),
       CAST(NULL AS VARCHAR)
FROM undated_wins
