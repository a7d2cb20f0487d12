-- Share of promoters (9 and 10) less the share of detractors (below 7), in points from -100 to 100. Of each person the
-- last valid answer of the period counts; by dedupe the first one, or all. Answers on other scales than 0-10 and 1-10
-- are left out, visibly; other_scales=linear takes their place on their scale instead.
WITH judged AS (
    SELECT period_id, customer_id, person_id, source, source_id, answered_at, answer_key, class, team, assignee,
           channel, touchpoint, survey,
           COALESCE(excluded, CASE WHEN $other_scales = 'exclude' AND is_usual = 0 THEN 'scale_not_accepted' END)
               AS refused
    FROM nps_answers
), ranked AS (
    SELECT period_id, customer_id, source, source_id, class, team, assignee, channel, touchpoint, survey, refused,
           ROW_NUMBER() OVER (
               PARTITION BY period_id, person_id, CASE WHEN refused IS NULL THEN 0 ELSE 1 END
               ORDER BY answered_at DESC NULLS LAST, answer_key DESC NULLS LAST,
                        source DESC NULLS LAST, source_id DESC NULLS LAST) AS turn
    FROM judged
)
SELECT period_id, customer_id, 'survey_responses' AS entity, source, source_id, class,
       CASE class WHEN 'promoters' THEN 100 WHEN 'passives' THEN 0 WHEN 'detractors' THEN -100 END AS value,
       COALESCE(refused, CASE WHEN $dedupe <> 'none' AND turn > 1 THEN 'superseded' END) AS excluded,
       team, assignee, channel, touchpoint, survey
FROM ranked
UNION ALL
SELECT u.period_id, u.customer_id, u.entity, u.source, u.source_id, CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT),
       u.excluded, u.team, u.assignee, u.channel, u.touchpoint, u.survey
FROM undated_answers AS u
WHERE u.kind = 'nps'
