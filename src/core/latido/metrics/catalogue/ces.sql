-- Share of the answers about effort in the period that say it took little: those in the top quarter of their scale,
-- once that is turned so that higher is easier. A scale that does not say which way it points is read as pointing up.
-- Every answer counts. Variants: the mean of the places on a scale from 1 to 7, and the share of those who say that it
-- took much effort, in the bottom third.
SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id,
       COALESCE(a.excluded, a.invalid) AS excluded,
       CASE WHEN $variant = 'high_effort_share' AND 3 * (a.score - a.scale_min) <= a.scale_max - a.scale_min THEN 1
            WHEN $variant <> 'high_effort_share' AND 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min)
                 THEN 1
            ELSE 0 END AS numerator,
       CAST(CASE WHEN a.invalid IS NULL THEN 1 + 6 * (a.score - a.scale_min) / (a.scale_max - a.scale_min) END
            AS DECIMAL(28,12)) AS value,
       a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey
FROM m_answers AS a
JOIN period_days AS p
  ON p.day = CAST(a.answered_at AS DATE) AND a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
WHERE a.kind = 'ces'
UNION ALL
SELECT u.period_id, u.customer_id, u.entity, u.source, u.source_id, u.excluded, CAST(NULL AS BIGINT),
       CAST(NULL AS DECIMAL(28,12)), u.team, u.assignee, u.channel, u.touchpoint, u.survey
FROM undated_answers AS u
WHERE u.kind = 'ces'
