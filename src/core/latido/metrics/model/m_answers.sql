-- Answers as KPIs read them: the score turned so that higher is better, judged once in `invalid`; the customer and the
-- person found; in `excluded` the reason why an answer does not count. Of two answers at one instant, the greater
-- `answer_key` is the later. A legacy good/bad rating makes way for another csat answer about the same ticket.
WITH joined AS (
    SELECT r.source, r.source_id, r.kind, r.survey_id, r.scale_min, r.scale_max, r.comment, r.touchpoint, r.channel,
           r.ticket_id, r.answered_at AT TIME ZONE 'UTC' AS answered_at,
           CASE WHEN r.higher_is_better = false THEN r.scale_min + r.scale_max - r.score ELSE r.score END AS score,
           r.higher_is_better,
           CASE WHEN r.score IS NULL THEN 'null_score'
                WHEN r.scale_min IS NULL OR r.scale_max IS NULL OR r.scale_max <= r.scale_min
                     OR r.scale_max - r.scale_min > 1e12 THEN 'unknown_scale'
                WHEN NOT (r.score >= r.scale_min AND r.score <= r.scale_max) THEN 'out_of_range' END AS invalid,
           COALESCE(r.external_id, r.source || ':' || r.source_id) AS answer_key,
           COALESCE(c.person_id, NULLIF(LOWER(TRIM(r.respondent_email)), ''), r.source || ':' || r.source_id)
               AS person_id,
           COALESCE(own.customer_id, linked.customer_id, c.customer_id, d.customer_id) AS customer_id,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN r.is_deleted THEN 'deleted'
                WHEN r.merged_into IS NOT NULL THEN 'merged'
                WHEN r.survey_id = 'rating' AND o.ticket_id IS NOT NULL THEN 'duplicate' END AS excluded
    FROM survey_responses AS r
    JOIN m_sources AS s ON s.source = r.source
    LEFT JOIN m_duplicates AS x
           ON x.entity = 'survey_responses' AND x.source = r.source AND x.source_id = r.source_id
    LEFT JOIN m_account_customers AS own ON own.source = r.source AND own.source_id = r.account_id
    LEFT JOIN m_primary_accounts AS p ON p.source = r.source AND p.entity = 'survey_responses'
                                     AND p.source_id = r.source_id AND r.account_id IS NULL
    LEFT JOIN m_account_customers AS linked ON linked.source = p.source AND linked.source_id = p.account_id
    LEFT JOIN m_contacts AS c ON c.source = r.source AND c.source_id = r.contact_id
    LEFT JOIN m_domains AS d
           ON d.domain = SPLIT_PART(COALESCE(NULLIF(LOWER(TRIM(r.respondent_email)), ''), c.email), '@', 2)
    LEFT JOIN (SELECT DISTINCT source, ticket_id
               FROM survey_responses
               WHERE kind = 'csat' AND ticket_id IS NOT NULL AND COALESCE(survey_id, '') <> 'rating'
                 AND COALESCE(is_deleted, false) = false AND merged_into IS NULL) AS o
           ON o.source = r.source AND o.ticket_id = r.ticket_id AND r.survey_id = 'rating'
)
SELECT a.source, a.source_id, a.customer_id, a.person_id, a.answer_key, a.kind, a.survey_id, a.score, a.scale_min,
       a.scale_max, a.higher_is_better, a.invalid, a.comment, a.touchpoint, COALESCE(a.channel, t.channel) AS channel,
       t.team, a.ticket_id, a.answered_at,
       CAST(a.answered_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS answered_on,
       COALESCE(a.excluded, CASE WHEN m.is_test THEN 'test_account' END) AS excluded
FROM joined AS a
LEFT JOIN m_customers AS m ON m.customer_id = a.customer_id
LEFT JOIN m_tickets AS t ON t.source = a.source AND t.source_id = a.ticket_id
