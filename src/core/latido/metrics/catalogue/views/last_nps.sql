-- What the people of a customer last answered about recommending, in the 365 days before the end of a period: `nps` is
-- their mean place on the scale, from 0 to 100; `is_detractor` says whether one of them is a detractor, of which only the
-- last answer on a usual scale, 0-10 or 1-10, tells.
SELECT p.period_id, a.customer_id,
       CAST(SUM(CASE WHEN a.next_at >= p.ends_at THEN a.place END) AS DOUBLE)
       / NULLIF(COUNT(CASE WHEN a.next_at >= p.ends_at THEN a.place END), 0) AS nps,
       MAX(CASE WHEN a.next_usual_at >= p.ends_at AND a.is_usual = 1 AND a.score < 7 THEN 1 ELSE 0 END) AS is_detractor
FROM (SELECT customer_id, answered_at, score, place, is_usual,
             COALESCE(LEAD(answered_at) OVER (
                          PARTITION BY customer_id, person_id
                          ORDER BY answered_at NULLS LAST, answer_key NULLS LAST, source NULLS LAST,
                                   source_id NULLS LAST), TIMESTAMP '9999-01-01') AS next_at,
             COALESCE(MIN(CASE WHEN is_usual = 1 THEN answered_at END) OVER (
                          PARTITION BY customer_id, person_id
                          ORDER BY answered_at NULLS LAST, answer_key NULLS LAST, source NULLS LAST,
                                   source_id NULLS LAST ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
                      TIMESTAMP '9999-01-01') AS next_usual_at
      FROM (SELECT customer_id, person_id, source, source_id, answered_at, answer_key, score,
                   CAST(100 * (score - scale_min) / NULLIF(scale_max - scale_min, 0) AS DECIMAL(18,12)) AS place,
                   CASE WHEN scale_max = 10 AND scale_min IN (0, 1) THEN 1 ELSE 0 END AS is_usual
            FROM m_answers
            WHERE kind = 'nps' AND excluded IS NULL AND invalid IS NULL AND customer_id IS NOT NULL
                  AND ($scope = '' OR source = $scope)
                  AND answered_at >= (SELECT MIN(back_365_at) FROM periods)
                  AND answered_at < (SELECT MAX(ends_at) FROM periods)) AS answers) AS a
JOIN periods AS p ON a.answered_at >= p.back_365_at AND a.answered_at < p.ends_at
WHERE a.next_at >= p.ends_at OR a.next_usual_at >= p.ends_at AND a.is_usual = 1
GROUP BY p.period_id, a.customer_id
