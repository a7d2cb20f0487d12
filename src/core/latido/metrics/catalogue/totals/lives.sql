-- As `lives`, for totals, in a row per period: everybody's days up to its end, less those after somebody had ended.
SELECT period_id, CAST(NULL AS VARCHAR) AS customer_id, NULLIF($scope, '') AS source, CAST(SUM(days) AS BIGINT) AS days,
       CAST(SUM(alive) AS BIGINT) AS alive, CAST(SUM(counts) AS BIGINT) AS counts
FROM (SELECT p.period_id, b.customers * DATE_DIFF('day', b.day, p.ends_on) AS days, b.customers AS alive,
             b.customers AS counts
      FROM (SELECT first_on AS day, COUNT(*) AS customers FROM lifespans GROUP BY first_on) AS b
      JOIN periods AS p ON b.day < p.ends_on
      UNION ALL
      SELECT p.period_id, -e.customers * DATE_DIFF('day', e.day, p.ends_on), -e.customers, 0
      FROM (SELECT GREATEST(until_on, first_on) AS day, COUNT(*) AS customers
            FROM lifespans
            GROUP BY GREATEST(until_on, first_on)) AS e
      JOIN periods AS p ON e.day < p.ends_on) AS moved
GROUP BY period_id
