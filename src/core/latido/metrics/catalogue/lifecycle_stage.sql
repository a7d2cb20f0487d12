-- Where the customers active on the last day of the period are: `onboarding` until their first moment of value, then
-- `support` for those in the segment of high value, who are looked after most, and `ongoing` for the others.
WITH valued AS (
    SELECT customer_id, MIN(occurred_at) AS first_at
    FROM m_milestones
    WHERE milestone = 'first_value' AND excluded IS NULL AND ($scope = '' OR source = $scope)
    GROUP BY customer_id
)
SELECT r.period_id, r.customer_id, 'customers' AS entity, r.source, r.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, r.closing AS value, r.closing_blocked AS blocked,
       CASE WHEN v.first_at IS NULL OR v.first_at >= p.ends_at THEN 'onboarding'
            WHEN r.paying_more < r.customers * CAST($high_share AS DECIMAL(18,12)) THEN 'support'
            ELSE 'ongoing' END AS class
FROM (SELECT period_id, customer_id, source, closing, closing_blocked,
             RANK() OVER (PARTITION BY period_id ORDER BY closing DESC NULLS LAST) - 1 AS paying_more,
             COUNT(*) OVER (PARTITION BY period_id) AS customers
      FROM states
      WHERE is_active = 1) AS r
JOIN periods AS p ON p.period_id = r.period_id
LEFT JOIN valued AS v ON v.customer_id = r.customer_id
