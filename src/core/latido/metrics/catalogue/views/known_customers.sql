-- What is known of each customer active on the last day of a period: the mean place of its last answers about
-- recommending, the shares of its satisfied answers and of those that found it easy, what unsolved tickets leave of 100,
-- and the share of days with a visit; none where nothing is known. `is_detractor` says that somebody there is one.
WITH parts AS (
    SELECT p.period_id, a.customer_id,
           CASE WHEN a.kind = 'csat' THEN 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min) END
               AS is_satisfied,
           CASE WHEN a.kind = 'ces' THEN 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min) END AS is_easy,
           CAST(NULL AS BOOLEAN) AS is_open, CAST(NULL AS BIGINT) AS days
    FROM m_answers AS a
    JOIN periods AS p ON a.answered_at >= p.back_90_at AND a.answered_at < p.ends_at
    WHERE a.kind IN ('csat', 'ces') AND a.excluded IS NULL AND a.invalid IS NULL AND a.customer_id IS NOT NULL
          AND ($scope = '' OR a.source = $scope)
    UNION ALL
    SELECT p.period_id, t.customer_id, CAST(NULL AS BOOLEAN), CAST(NULL AS BOOLEAN), true, CAST(NULL AS BIGINT)
    FROM m_tickets AS t
    JOIN periods AS p ON t.created_at < p.ends_at AND t.open_until_at >= p.ends_at
    WHERE t.excluded IS NULL AND t.customer_id IS NOT NULL AND ($scope = '' OR t.source = $scope)
    UNION ALL
    SELECT period_id, customer_id, CAST(NULL AS BOOLEAN), CAST(NULL AS BOOLEAN), CAST(NULL AS BOOLEAN), days
    FROM visited_days
), told AS (
    SELECT period_id, customer_id,
           CAST(100 * COUNT(CASE WHEN is_satisfied THEN 1 END) AS DOUBLE) / NULLIF(COUNT(is_satisfied), 0) AS csat,
           CAST(100 * COUNT(CASE WHEN is_easy THEN 1 END) AS DOUBLE) / NULLIF(COUNT(is_easy), 0) AS ces,
           COUNT(is_open) AS tickets, MAX(days) AS days
    FROM parts
    GROUP BY period_id, customer_id
), ends AS (
    SELECT p.period_id, p.ends_on, p.ends_at, d.desks
    FROM periods AS p
    CROSS JOIN (SELECT COUNT(*) AS desks
                FROM m_delivered
                WHERE table_name = 'tickets' AND ($scope = '' OR source = $scope)) AS d
)
SELECT e.period_id, s.customer_id, s.source, n.nps, t.csat, t.ces, COALESCE(n.is_detractor, 0) AS is_detractor,
       CASE WHEN e.desks > 0
            THEN GREATEST(0, 100 - CAST($health_per_ticket AS DOUBLE) * COALESCE(t.tickets, 0)) END AS support,
       CASE WHEN s.seen_at < e.ends_at THEN CAST(100 * COALESCE(t.days, 0) AS DOUBLE) / 30 END AS usage
FROM stretches AS s
JOIN ends AS e ON s.starts_on < e.ends_on AND s.until_on >= e.ends_on
LEFT JOIN last_nps AS n ON n.period_id = e.period_id AND n.customer_id = s.customer_id
LEFT JOIN told AS t ON t.period_id = e.period_id AND t.customer_id = s.customer_id
