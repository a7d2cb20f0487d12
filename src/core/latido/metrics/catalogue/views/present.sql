-- The customers who bought something in a period, and those under contract on any of its days. `counts` is how many
-- customers a row stands for: one.
SELECT period_id, customer_id, MIN(source) AS source, 1 AS counts
FROM (SELECT p.period_id, d.customer_id, d.source
      FROM purchases AS d
      JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
      WHERE d.excluded IS NULL
      UNION ALL
      SELECT p.period_id, k.customer_id, k.source
      FROM m_contracts AS k
      JOIN periods AS p ON k.starts_on < p.ends_on AND k.until_on > p.starts_on
      WHERE k.excluded IS NULL AND ($scope = '' OR k.source = $scope)) AS found
GROUP BY period_id, customer_id
