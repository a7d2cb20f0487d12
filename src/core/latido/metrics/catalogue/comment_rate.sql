-- Share of the answers of the period, to whatever was asked, that came with a comment. One of spaces alone is none.
SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id, a.excluded,
       CASE WHEN a.comment IS NULL THEN 0 ELSE 1 END AS numerator, a.comment,
       a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey
FROM m_answers AS a
JOIN period_days AS p
  ON p.day = CAST(a.answered_at AS DATE) AND a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
UNION ALL
SELECT u.period_id, u.customer_id, u.entity, u.source, u.source_id, u.excluded, CAST(NULL AS BIGINT), u.comment,
       u.team, u.assignee, u.channel, u.touchpoint, u.survey
FROM undated_answers AS u
