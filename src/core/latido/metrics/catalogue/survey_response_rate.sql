-- Share of the invitations sent in the period, and delivered, that were answered at or after they were sent and before
-- the sources were last read.
SELECT p.period_id, i.customer_id, 'survey_invitations' AS entity, i.source, i.source_id, i.excluded,
       CASE WHEN i.responded_at >= i.sent_at AND i.responded_at < CAST($as_of AS TIMESTAMP) THEN 1 ELSE 0 END
           AS numerator,
       i.kind, i.survey_id AS survey
FROM m_invitations AS i
JOIN period_days AS p ON p.day = CAST(i.sent_at AS DATE) AND i.sent_at >= p.starts_at AND i.sent_at < p.ends_at
WHERE i.is_delivered
UNION ALL
SELECT p.period_id, i.customer_id, 'survey_invitations', i.source, i.source_id, COALESCE(i.excluded, 'no_sent_at'),
       CAST(NULL AS BIGINT), i.kind, i.survey_id
FROM m_invitations AS i
CROSS JOIN periods AS p
WHERE i.is_delivered AND i.sent_at IS NULL
