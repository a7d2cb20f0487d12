-- Moments that matter, each with its customer. One whose customer cannot be found is of nobody, and counts nowhere.
SELECT k.source, k.source_id, COALESCE(a.customer_id, c.customer_id) AS customer_id,
       LOWER(TRIM(k.milestone)) AS milestone, MAKE_TIMESTAMP(EPOCH_US(k.occurred_at)) AS occurred_at,
       CAST(k.occurred_at AT TIME ZONE $zone AS DATE) AS occurred_on,
       CASE WHEN k.is_deleted THEN 'deleted'
            WHEN k.merged_into IS NOT NULL THEN 'merged'
            WHEN m.customer_id IS NOT NULL THEN 'test_account' END AS excluded
FROM milestones AS k
JOIN m_sources AS s ON s.source = k.source
LEFT JOIN m_account_customers AS a ON a.source = k.source AND a.source_id = k.account_id
LEFT JOIN m_contacts AS c ON c.source = k.source AND c.source_id = k.contact_id
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m
       ON m.customer_id = COALESCE(a.customer_id, c.customer_id)
