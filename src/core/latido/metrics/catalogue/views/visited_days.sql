-- On how many of the 30 days before the end of a period customers visited: those who did.
SELECT p.period_id, v.customer_id, COUNT(DISTINCT v.started_on) AS days
FROM m_sessions AS v
JOIN periods AS p ON v.started_at >= p.back_30_at AND v.started_at < p.ends_at
WHERE v.excluded IS NULL AND v.customer_id IS NOT NULL AND v.weight > 0 AND ($scope = '' OR v.source = $scope)
GROUP BY p.period_id, v.customer_id
