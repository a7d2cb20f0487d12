-- Median time from the first sign-up of an account, or else from the day on which it became a customer, to the first
-- moment of value, over the accounts whose first value falls in the period; by stat also the mean. Accounts that have
-- started and have seen no value at its end are shown as waiting; stat=survival, the median after Kaplan and Meier,
-- counts them for as long as they have waited. First values before the start are left out, visibly.
WITH moments AS (
    SELECT customer_id, milestone, source, source_id, occurred_at, occurred_on, excluded,
           ROW_NUMBER() OVER (
               PARTITION BY customer_id, milestone, CASE WHEN excluded IS NULL THEN 0 ELSE 1 END
               ORDER BY occurred_at NULLS LAST, source NULLS LAST, source_id NULLS LAST) AS turn
    FROM m_milestones
    WHERE milestone IN ('signup', 'first_value') AND customer_id IS NOT NULL AND occurred_at IS NOT NULL
          AND ($scope = '' OR source = $scope)
), signed AS (
    SELECT customer_id, source, source_id, occurred_at, occurred_on
    FROM moments
    WHERE milestone = 'signup' AND excluded IS NULL AND turn = 1
), begun AS (
    SELECT customer_id, 'milestones' AS entity, source, source_id, occurred_at AS began_at, occurred_on AS began_on
    FROM signed
    UNION ALL
    SELECT a.customer_id, a.entity, a.source, a.source_id, CAST(NULL AS TIMESTAMP), a.acquired_on
    FROM m_acquired AS a
    WHERE a.scope = $scope AND NOT EXISTS (SELECT 1 FROM signed AS s WHERE s.customer_id = a.customer_id)
), valued AS (
    SELECT customer_id, source, source_id, occurred_at, occurred_on, excluded
    FROM moments
    WHERE milestone = 'first_value' AND (turn = 1 OR excluded IS NOT NULL)
)
SELECT p.period_id, v.customer_id, 'milestones' AS entity, v.source, v.source_id,
       COALESCE(v.excluded, CASE
           WHEN b.customer_id IS NULL THEN 'no_start'
           WHEN v.occurred_on < b.began_on OR v.occurred_at < b.began_at THEN 'negative_duration' END) AS excluded,
       CASE WHEN b.began_at IS NULL THEN DATE_DIFF('day', b.began_on, v.occurred_on) * 86400000000
            ELSE DATE_DIFF('microsecond', b.began_at, v.occurred_at) END AS value
FROM valued AS v
JOIN period_days AS p
  ON p.day = CAST(v.occurred_at AS DATE) AND v.occurred_at >= p.starts_at AND v.occurred_at < p.ends_at
LEFT JOIN begun AS b ON b.customer_id = v.customer_id
UNION ALL
SELECT p.period_id, w.customer_id, w.entity, w.source, w.source_id, 'waiting',
       CASE WHEN w.began_at IS NULL THEN DATE_DIFF('day', w.began_on, p.ends_on) * 86400000000
            ELSE DATE_DIFF('microsecond', w.began_at, p.ends_at) END
FROM (SELECT b.customer_id, b.entity, b.source, b.source_id, b.began_at, b.began_on,
             COALESCE(v.occurred_at, TIMESTAMP '9999-01-01') AS waiting_until_at
      FROM begun AS b
      LEFT JOIN valued AS v ON v.customer_id = b.customer_id AND v.excluded IS NULL) AS w
JOIN periods AS p ON w.began_on < p.ends_on AND w.waiting_until_at >= p.ends_at
UNION ALL
SELECT p.period_id, m.customer_id, 'milestones', m.source, m.source_id, COALESCE(m.excluded, 'no_occurred_at'),
       CAST(NULL AS BIGINT)
FROM m_milestones AS m
CROSS JOIN periods AS p
WHERE m.milestone IN ('signup', 'first_value') AND m.customer_id IS NOT NULL AND m.occurred_at IS NULL
      AND ($scope = '' OR m.source = $scope)
