-- Answers as KPIs read them: the score turned so that higher is better, judged once in `invalid`; the customer and the
-- person found; in `excluded` the reason why an answer does not count. Of two answers at one instant, the greater
-- `answer_key` is the later. A legacy good/bad rating makes way for another csat answer about the same ticket. Answers
-- about a deleted ticket go with it, since no vendor tells of them again.
WITH filled AS (
    SELECT r.source, r.source_id, r.kind, r.survey_id, r.scale_min, r.scale_max, r.touchpoint, r.channel, r.ticket_id,
           r.contact_id, r.higher_is_better, MAKE_TIMESTAMP(EPOCH_US(r.answered_at)) AS answered_at,
           NULLIF(TRIM(r.comment, E' \t\r\n'), '') AS comment,
           CASE WHEN r.higher_is_better = false THEN r.scale_min + r.scale_max - r.score ELSE r.score END AS score,
           CASE WHEN r.score IS NULL THEN 'null_score'
                WHEN r.scale_min IS NULL OR r.scale_max IS NULL OR r.scale_max <= r.scale_min
                     OR r.scale_max - r.scale_min > 1e12 THEN 'unknown_scale'
                WHEN NOT (r.score >= r.scale_min AND r.score <= r.scale_max) THEN 'out_of_range' END AS invalid,
           COALESCE(r.external_id, r.source || ':' || r.source_id) AS answer_key,
           NULLIF(LOWER(TRIM(r.respondent_email)), '') AS respondent_email,
           COALESCE(r.account_id, p.account_id) AS account_id,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN r.is_deleted THEN 'deleted'
                WHEN r.merged_into IS NOT NULL THEN 'merged'
                WHEN r.survey_id = 'rating' AND o.ticket_id IS NOT NULL THEN 'duplicate' END AS excluded
    FROM survey_responses AS r
    JOIN m_sources AS s ON s.source = r.source
    LEFT JOIN m_duplicates AS x
           ON x.entity = 'survey_responses' AND x.source = r.source AND x.source_id = r.source_id
    LEFT JOIN m_primary_links AS p
           ON p.source = r.source AND p.entity = 'survey_responses' AND p.source_id = r.source_id
    LEFT JOIN (SELECT DISTINCT source, ticket_id
               FROM survey_responses
               WHERE kind = 'csat' AND ticket_id IS NOT NULL AND COALESCE(survey_id, '') <> 'rating'
                 AND COALESCE(is_deleted, false) = false AND merged_into IS NULL) AS o
           ON o.source = r.source AND o.ticket_id = r.ticket_id AND r.survey_id = 'rating'
), owned AS (
    SELECT f.source, f.source_id, f.kind, f.survey_id, f.score, f.scale_min, f.scale_max, f.higher_is_better, f.invalid,
           f.comment, f.touchpoint, f.channel, f.ticket_id, f.answered_at, f.answer_key, f.excluded,
           COALESCE(c.person_id, e.person_id, f.respondent_email, f.source || ':' || f.source_id) AS person_id,
           COALESCE(a.customer_id, c.customer_id, d.customer_id) AS customer_id
    FROM filled AS f
    LEFT JOIN m_account_customers AS a ON a.source = f.source AND a.source_id = f.account_id
    LEFT JOIN m_contacts AS c ON c.source = f.source AND c.source_id = f.contact_id
    LEFT JOIN m_people AS e ON e.email = f.respondent_email
    LEFT JOIN m_domains AS d ON d.domain = SPLIT_PART(f.respondent_email, '@', 2)
)
SELECT o.source, o.source_id, o.customer_id, o.person_id, o.answer_key, o.kind, o.survey_id, o.score, o.scale_min,
       o.scale_max, o.higher_is_better, o.invalid, o.comment, o.touchpoint,
       COALESCE(o.channel, t.channel) AS channel, t.team, t.assignee, o.ticket_id, o.answered_at,
       CAST(o.answered_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS answered_on,
       COALESCE(o.excluded, CASE WHEN t.is_deleted THEN 'deleted'
                                 WHEN m.customer_id IS NOT NULL THEN 'test_account'
                                 WHEN o.answered_at IS NULL THEN 'no_answered_at' END) AS excluded
FROM owned AS o
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m ON m.customer_id = o.customer_id
LEFT JOIN (SELECT k.source, k.source_id, k.team, k.assignee, k.channel,
                  COALESCE(k.excluded = 'deleted', false) AS is_deleted
           FROM m_tickets AS k
           WHERE EXISTS (SELECT 1 FROM survey_responses AS r
                         WHERE r.source = k.source AND r.ticket_id = k.source_id)) AS t
       ON t.source = o.source AND t.source_id = o.ticket_id
