-- The stretches of days on which each customer pays the same, those that are in force on the last day of some period, with
-- when the customer was first seen on the site.
SELECT s.customer_id, s.source, s.starts_on, s.until_on, s.amount, s.blocked, w.seen_at
FROM m_segments AS s
LEFT JOIN (SELECT customer_id, MIN(started_at) AS seen_at
           FROM m_sessions
           WHERE excluded IS NULL AND customer_id IS NOT NULL AND weight > 0 AND ($scope = '' OR source = $scope)
           GROUP BY customer_id) AS w ON w.customer_id = s.customer_id
WHERE s.scope = $scope AND s.starts_on < (SELECT MAX(ends_on) FROM periods)
      AND s.until_on >= (SELECT MIN(ends_on) FROM periods)
