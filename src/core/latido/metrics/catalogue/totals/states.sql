-- As `states`, for totals: customers alike are one row of it, with their sums. Those of whom nothing changes in a period
-- are all who began before it, less all who ended before its last day, without those who did both in it.
WITH begun AS (
    SELECT starts_on AS day, COUNT(*) AS counts, SUM(amount) AS amount,
           COUNT(CASE WHEN blocked = 'missing_currency' THEN 1 END) AS without_currency,
           COUNT(CASE WHEN blocked = 'missing_fx_rate' THEN 1 END) AS without_rate
    FROM m_segments
    WHERE scope = $scope
    GROUP BY starts_on
), ended AS (
    SELECT until_on AS day, COUNT(*) AS counts, SUM(amount) AS amount,
           COUNT(CASE WHEN blocked = 'missing_currency' THEN 1 END) AS without_currency,
           COUNT(CASE WHEN blocked = 'missing_fx_rate' THEN 1 END) AS without_rate
    FROM m_segments
    WHERE scope = $scope
    GROUP BY until_on
), unchanged AS (
    SELECT period_id, SUM(amount) AS amount, CAST(SUM(counts) AS BIGINT) AS counts,
           SUM(without_currency) AS without_currency, SUM(without_rate) AS without_rate
    FROM (SELECT p.period_id, b.amount, b.counts, b.without_currency, b.without_rate
          FROM begun AS b
          JOIN periods AS p ON b.day < p.starts_on
          UNION ALL
          SELECT p.period_id, -e.amount, -e.counts, -e.without_currency, -e.without_rate
          FROM ended AS e
          JOIN periods AS p ON e.day < p.ends_on
          UNION ALL
          SELECT p.period_id, s.amount, 1, CASE WHEN s.blocked = 'missing_currency' THEN 1 ELSE 0 END,
                 CASE WHEN s.blocked = 'missing_fx_rate' THEN 1 ELSE 0 END
          FROM m_segments AS s
          JOIN period_days AS p ON p.day = s.starts_on AND s.starts_on >= p.starts_on AND s.until_on < p.ends_on
          WHERE s.scope = $scope) AS moved
    GROUP BY period_id
    HAVING SUM(counts) > 0
), alike AS (
    SELECT period_id, SUM(opening) AS opening, SUM(closing) AS closing, was_active, is_active, was_customer,
           SUM(interrupted) AS interrupted, SUM(in_period) AS in_period, SUM(acquired) AS acquired,
           opening_lacks, closing_lacks, COUNT(*) AS counts
    FROM movers
    GROUP BY period_id, was_active, is_active, was_customer, opening_lacks, closing_lacks,
             CASE WHEN closing > opening THEN 1 WHEN closing < opening THEN -1 ELSE 0 END
    UNION ALL
    SELECT period_id, amount, amount, 1, 1, 1, 0, counts, 0, lacks, lacks, counts
    FROM (SELECT period_id, amount, counts,
                 CASE WHEN without_currency > 0 THEN 1 WHEN without_rate > 0 THEN 2 END AS lacks
          FROM unchanged) AS all_of_them
)
SELECT period_id, CAST(NULL AS VARCHAR) AS customer_id, NULLIF($scope, '') AS source, opening, opening AS revalued,
       closing, was_active, is_active, was_customer, CAST(interrupted AS BIGINT) AS interrupted,
       CAST(in_period AS BIGINT) AS in_period, CAST(acquired AS BIGINT) AS acquired,
       CASE opening_lacks WHEN 1 THEN 'missing_currency' WHEN 2 THEN 'missing_fx_rate' END AS opening_blocked,
       CASE closing_lacks WHEN 1 THEN 'missing_currency' WHEN 2 THEN 'missing_fx_rate' END AS closing_blocked, counts
FROM alike
