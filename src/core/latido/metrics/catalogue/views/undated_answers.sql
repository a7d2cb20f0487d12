-- The answers of which nobody knows when they were given: left out of every period.
SELECT p.period_id, a.customer_id, a.kind, 'survey_responses' AS entity, a.source, a.source_id, a.excluded, a.comment,
       a.team, a.assignee, a.channel, a.touchpoint, a.survey_id AS survey
FROM m_answers AS a
CROSS JOIN periods AS p
WHERE a.answered_at IS NULL
