-- On how many of the 30 days before the end of a period each customer visited, of the customers ever seen before it.
SELECT p.period_id, s.customer_id, COALESCE(d.days, 0) AS days
FROM (SELECT customer_id, MIN(started_at) AS first_at
      FROM m_sessions
      WHERE excluded IS NULL AND customer_id IS NOT NULL AND weight > 0 AND ($scope = '' OR source = $scope)
      GROUP BY customer_id) AS s
JOIN periods AS p ON s.first_at < p.ends_at
LEFT JOIN (SELECT q.period_id, v.customer_id, COUNT(DISTINCT v.started_on) AS days
           FROM m_sessions AS v
           JOIN periods AS q ON v.started_at >= q.back_30_at AND v.started_at < q.ends_at
           WHERE v.excluded IS NULL AND v.weight > 0 AND ($scope = '' OR v.source = $scope)
           GROUP BY q.period_id, v.customer_id) AS d
       ON d.period_id = p.period_id AND d.customer_id = s.customer_id
