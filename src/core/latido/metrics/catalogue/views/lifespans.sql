-- From when on each customer bought, and until when its contracts run: without one, it is there for good.
SELECT b.customer_id, b.source, b.first_on, COALESCE(l.until_on, DATE '9999-01-01') AS until_on
FROM (SELECT customer_id, MIN(source) AS source, MIN(closed_on) AS first_on
      FROM purchases
      WHERE excluded IS NULL
      GROUP BY customer_id) AS b
LEFT JOIN (SELECT customer_id, MAX(until_on) AS until_on
           FROM m_contracts
           WHERE excluded IS NULL AND ($scope = '' OR source = $scope)
           GROUP BY customer_id) AS l ON l.customer_id = b.customer_id
