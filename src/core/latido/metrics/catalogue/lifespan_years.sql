-- How long customers stay, on average, in years of 365.25 days: from the first purchase to the end of the last contract,
-- or of the period where that comes first or there is no contract. Customers who are still there are cut short at the
-- end of the period, so it is a lower bound; `share_alive` says how many they are.
WITH firsts AS (
    SELECT customer_id, MIN(source) AS source, MIN(closed_on) AS first_on
    FROM purchases
    WHERE excluded IS NULL
    GROUP BY customer_id
), lasts AS (
    SELECT customer_id, MAX(until_on) AS until_on
    FROM m_contracts
    WHERE excluded IS NULL AND ($scope = '' OR source = $scope)
    GROUP BY customer_id
)
SELECT p.period_id, f.customer_id, 'customers' AS entity, f.source, f.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded,
       GREATEST(DATE_DIFF('day', f.first_on, LEAST(f.until_on, p.ends_on)), 0) AS numerator,
       CAST(365.25 AS DECIMAL(28,12)) AS denominator,
       CASE WHEN f.until_on >= p.ends_on THEN 1 ELSE 0 END AS value
FROM (SELECT b.customer_id, b.source, b.first_on, COALESCE(l.until_on, DATE '9999-01-01') AS until_on
      FROM firsts AS b
      LEFT JOIN lasts AS l ON l.customer_id = b.customer_id) AS f
JOIN periods AS p ON f.first_on < p.ends_on
