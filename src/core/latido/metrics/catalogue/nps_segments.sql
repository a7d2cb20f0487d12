-- The people behind the net promoter score: promoters, passives and detractors by their last valid answer of the period,
-- each with the latest comment that came with one of their answers in it.
WITH judged AS (
    SELECT period_id, customer_id, person_id, source, source_id, answered_at, answer_key, score, class, comment, team,
           assignee, channel, touchpoint, survey,
           COALESCE(excluded, CASE WHEN is_usual = 0 THEN 'scale_not_accepted' END) AS refused,
           CASE WHEN excluded IS NULL AND is_usual = 1 THEN 1 ELSE 0 END AS is_valid
    FROM nps_answers
), ranked AS (
    SELECT period_id, customer_id, person_id, source, source_id, score, class, comment, team, assignee, channel,
           touchpoint, survey, refused, is_valid,
           ROW_NUMBER() OVER (
               PARTITION BY period_id, person_id, is_valid
               ORDER BY answered_at DESC NULLS LAST, answer_key DESC NULLS LAST,
                        source DESC NULLS LAST, source_id DESC NULLS LAST) AS turn,
           ROW_NUMBER() OVER (
               PARTITION BY period_id, person_id, is_valid
               ORDER BY CASE WHEN comment IS NULL THEN 1 ELSE 0 END NULLS LAST,
                        answered_at DESC NULLS LAST, answer_key DESC NULLS LAST,
                        source DESC NULLS LAST, source_id DESC NULLS LAST) AS comment_turn
    FROM judged
), commented AS (
    SELECT period_id, customer_id, person_id, source, source_id, score, class, team, assignee, channel, touchpoint,
           survey, refused, turn,
           MIN(CASE WHEN comment_turn = 1 THEN comment END) OVER (PARTITION BY period_id, person_id, is_valid)
               AS latest_comment
    FROM ranked
)
SELECT c.period_id, c.customer_id, 'survey_responses' AS entity, c.source, c.source_id, c.class,
       CAST(c.score AS DECIMAL(28,12)) AS value,
       COALESCE(c.refused, CASE WHEN c.turn > 1 THEN 'superseded' END) AS excluded,
       COALESCE(u.name, u.email, c.person_id) AS person,
       CASE WHEN c.refused IS NULL AND c.turn = 1 THEN c.latest_comment END AS comment,
       c.team, c.assignee, c.channel, c.touchpoint, c.survey
FROM commented AS c
LEFT JOIN people AS u ON u.person_id = c.person_id
UNION ALL
SELECT u.period_id, u.customer_id, u.entity, u.source, u.source_id, CAST(NULL AS VARCHAR),
       CAST(NULL AS DECIMAL(28,12)), u.excluded, CAST(NULL AS VARCHAR), u.comment, u.team, u.assignee, u.channel,
       u.touchpoint, u.survey
FROM undated_answers AS u
WHERE u.kind = 'nps'
