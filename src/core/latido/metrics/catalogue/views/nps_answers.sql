-- The NPS answers of each period, and what each makes of its person. On the usual scales, 0-10 and 1-10, the score says
-- so, on others its place on them.
SELECT p.period_id, a.customer_id, a.person_id, a.source, a.source_id, a.answered_at, a.answer_key, a.score,
       a.comment, a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey,
       COALESCE(a.excluded, a.invalid) AS excluded,
       CASE WHEN a.scale_max = 10 AND a.scale_min IN (0, 1) THEN 1 ELSE 0 END AS is_usual,
       CASE WHEN a.invalid IS NOT NULL THEN CAST(NULL AS VARCHAR)
            WHEN a.scale_max = 10 AND a.scale_min IN (0, 1) AND a.score >= 9 THEN 'promoters'
            WHEN a.scale_max = 10 AND a.scale_min IN (0, 1) AND a.score >= 7 THEN 'passives'
            WHEN a.scale_max = 10 AND a.scale_min IN (0, 1) THEN 'detractors'
            WHEN 10 * (a.score - a.scale_min) >= 9 * (a.scale_max - a.scale_min) THEN 'promoters'
            WHEN 10 * (a.score - a.scale_min) >= 7 * (a.scale_max - a.scale_min) THEN 'passives'
            ELSE 'detractors' END AS class
FROM m_answers AS a
JOIN period_days AS p
  ON p.day = CAST(a.answered_at AS DATE) AND a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
WHERE a.kind = 'nps' AND ($scope = '' OR a.source = $scope)
