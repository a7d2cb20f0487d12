-- The stretches of days on which each customer pays the same, with when it was first seen on the site and when it first
-- found value.
SELECT s.customer_id, s.source, s.starts_on, s.until_on, s.amount, s.blocked, w.seen_at, v.valued_at
FROM m_segments AS s
LEFT JOIN (SELECT customer_id, MIN(started_at) AS seen_at
           FROM m_sessions
           WHERE excluded IS NULL AND customer_id IS NOT NULL AND weight > 0 AND ($scope = '' OR source = $scope)
           GROUP BY customer_id) AS w ON w.customer_id = s.customer_id
LEFT JOIN (SELECT customer_id, MIN(occurred_at) AS valued_at
           FROM m_milestones
           WHERE milestone = 'first_value' AND excluded IS NULL AND ($scope = '' OR source = $scope)
           GROUP BY customer_id) AS v ON v.customer_id = s.customer_id
WHERE s.scope = $scope
