-- Share of the satisfaction answers of the period in the top quarter of their scale: 4-5 of 1-5, 6-7 of 1-7, 8-10 of
-- 0-10, 1 of 0-1. Every answer counts, since each is about another moment. Answers without score, without scale or
-- off their scale are left out, visibly. The variants are means: of the score by the top of its scale, and of the
-- place of the score on its scale.
SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id,
       COALESCE(a.excluded, a.invalid, CASE
           WHEN $variant = 'mean_of_max' AND a.scale_min < 0 THEN 'scale_not_accepted' END) AS excluded,
       CASE WHEN 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min) THEN 1 ELSE 0 END AS numerator,
       CAST(CASE WHEN a.invalid IS NOT NULL THEN NULL
                 WHEN $variant = 'mean_of_max' AND a.scale_min >= 0 THEN a.score / a.scale_max
                 WHEN $variant = 'mean_normalised' THEN (a.score - a.scale_min) / (a.scale_max - a.scale_min) END
            AS DECIMAL(28,12)) AS value,
       a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey
FROM m_answers AS a
JOIN period_days AS p
  ON p.day = CAST(a.answered_at AS DATE) AND a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
WHERE a.kind = 'csat'
UNION ALL
SELECT u.period_id, u.customer_id, u.entity, u.source, u.source_id, u.excluded, CAST(NULL AS BIGINT),
       CAST(NULL AS DECIMAL(28,12)), u.team, u.assignee, u.channel, u.touchpoint, u.survey
FROM undated_answers AS u
WHERE u.kind = 'csat'
