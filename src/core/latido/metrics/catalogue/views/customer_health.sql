-- The health of each customer active on the last day of a period. `nps`, `csat`, `ces`, `support` and `usage` are the
-- points that each part adds to the score, none where nothing is known of it; `coverage` is the weight of what is known.
WITH recommending AS (
    SELECT period_id, customer_id,
           CAST(SUM(place) AS DOUBLE) / NULLIF(COUNT(place), 0) AS nps
    FROM last_nps
    GROUP BY period_id, customer_id
), answered AS (
    SELECT p.period_id, a.customer_id,
           SUM(CASE WHEN a.kind = 'csat' THEN 1 ELSE 0 END) AS csat_answers,
           SUM(CASE WHEN a.kind = 'ces' THEN 1 ELSE 0 END) AS ces_answers,
           SUM(CASE WHEN a.kind = 'csat' AND 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min)
                    THEN 100 ELSE 0 END) AS csat_points,
           SUM(CASE WHEN a.kind = 'ces' AND 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min)
                    THEN 100 ELSE 0 END) AS ces_points
    FROM m_answers AS a
    JOIN periods AS p ON a.answered_at >= p.back_90_at AND a.answered_at < p.ends_at
    WHERE a.kind IN ('csat', 'ces') AND a.excluded IS NULL AND a.invalid IS NULL AND a.customer_id IS NOT NULL
          AND ($scope = '' OR a.source = $scope)
    GROUP BY p.period_id, a.customer_id
), unsolved AS (
    SELECT p.period_id, t.customer_id, COUNT(*) AS tickets
    FROM m_tickets AS t
    JOIN periods AS p ON t.created_at < p.ends_at AND t.open_until_at >= p.ends_at
    WHERE t.excluded IS NULL AND t.customer_id IS NOT NULL AND ($scope = '' OR t.source = $scope)
    GROUP BY p.period_id, t.customer_id
), desks AS (
    SELECT COUNT(*) AS desks FROM m_delivered WHERE table_name = 'tickets' AND ($scope = '' OR source = $scope)
), known AS (
    SELECT p.period_id, s.customer_id, s.source, r.nps,
           CAST(a.csat_points AS DOUBLE) / NULLIF(a.csat_answers, 0) AS csat,
           CAST(a.ces_points AS DOUBLE) / NULLIF(a.ces_answers, 0) AS ces,
           CASE WHEN d.desks > 0
                THEN GREATEST(0, 100 - CAST($health_per_ticket AS DOUBLE) * COALESCE(u.tickets, 0)) END AS support,
           CASE WHEN s.seen_at < p.ends_at THEN CAST(100 * COALESCE(v.days, 0) AS DOUBLE) / 30 END AS usage
    FROM stretches AS s
    JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.ends_on
    CROSS JOIN desks AS d
    LEFT JOIN recommending AS r ON r.period_id = p.period_id AND r.customer_id = s.customer_id
    LEFT JOIN answered AS a ON a.period_id = p.period_id AND a.customer_id = s.customer_id
    LEFT JOIN unsolved AS u ON u.period_id = p.period_id AND u.customer_id = s.customer_id
    LEFT JOIN visited_days AS v ON v.period_id = p.period_id AND v.customer_id = s.customer_id
), weighed AS (
    SELECT period_id, customer_id, source, nps, csat, ces, support, usage,
           CASE WHEN nps IS NULL THEN 0 ELSE CAST($health_nps AS DOUBLE) END
           + CASE WHEN csat IS NULL THEN 0 ELSE CAST($health_csat AS DOUBLE) END
           + CASE WHEN ces IS NULL THEN 0 ELSE CAST($health_ces AS DOUBLE) END
           + CASE WHEN support IS NULL THEN 0 ELSE CAST($health_support AS DOUBLE) END
           + CASE WHEN usage IS NULL THEN 0 ELSE CAST($health_usage AS DOUBLE) END AS coverage
    FROM known
), added AS (
    -- Nine digits of a part are the same whichever engine made them out of a DOUBLE; the last ones are not.
    SELECT period_id, customer_id, source, CAST(coverage AS DECIMAL(18,12)) AS coverage,
           CAST(nps * CAST($health_nps AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS nps,
           CAST(csat * CAST($health_csat AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS csat,
           CAST(ces * CAST($health_ces AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS ces,
           CAST(support * CAST($health_support AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS support,
           CAST(usage * CAST($health_usage AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS usage
    FROM weighed
)
SELECT period_id, customer_id, source, coverage, nps, csat, ces, support, usage,
       CASE WHEN coverage > 0 AND coverage >= CAST($health_coverage AS DECIMAL(18,12))
            THEN CAST(COALESCE(nps, 0) + COALESCE(csat, 0) + COALESCE(ces, 0) + COALESCE(support, 0)
                      + COALESCE(usage, 0) AS DECIMAL(18,9)) END AS score
FROM added
