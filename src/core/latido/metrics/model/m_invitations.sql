-- Invitations to surveys, each with the person and the customer that it went to.
SELECT i.source, i.source_id, COALESCE(a.customer_id, c.customer_id, d.customer_id) AS customer_id,
       COALESCE(c.person_id, e.person_id, NULLIF(LOWER(TRIM(i.respondent_email)), ''), i.source || ':' || i.source_id) AS person_id,
       i.kind, i.survey_id, MAKE_TIMESTAMP(EPOCH_US(i.sent_at)) AS sent_at,
       MAKE_TIMESTAMP(EPOCH_US(i.responded_at)) AS responded_at, COALESCE(i.delivered, true) AS is_delivered,
       CASE WHEN i.is_deleted THEN 'deleted'
            WHEN i.merged_into IS NOT NULL THEN 'merged'
            WHEN m.customer_id IS NOT NULL THEN 'test_account' END AS excluded
FROM survey_invitations AS i
JOIN m_sources AS s ON s.source = i.source
LEFT JOIN m_account_customers AS a ON a.source = i.source AND a.source_id = i.account_id
LEFT JOIN m_contacts AS c ON c.source = i.source AND c.source_id = i.contact_id
LEFT JOIN m_people AS e ON e.email = LOWER(TRIM(i.respondent_email))
LEFT JOIN m_domains AS d ON d.domain = SPLIT_PART(LOWER(TRIM(i.respondent_email)), '@', 2)
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m
       ON m.customer_id = COALESCE(a.customer_id, c.customer_id, d.customer_id)
