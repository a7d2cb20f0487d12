-- Share of the answers of the period, to whatever was asked, that came with a comment. One of spaces alone is none.
SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id, a.excluded,
       CASE WHEN a.comment IS NULL THEN 0 ELSE 1 END AS numerator, a.comment,
       a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey
FROM m_answers AS a
JOIN period_days AS p
  ON p.day = CAST(a.answered_at AS DATE) AND a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
