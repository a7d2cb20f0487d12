-- Shopping carts as KPIs read them; an empty one is none.
SELECT k.source, k.source_id, COALESCE(a.customer_id, c.customer_id) AS customer_id,
       MAKE_TIMESTAMP(EPOCH_US(k.created_at)) AS created_at, MAKE_TIMESTAMP(EPOCH_US(k.completed_at)) AS completed_at,
       k.item_count,
       CASE WHEN k.is_deleted THEN 'deleted'
            WHEN k.merged_into IS NOT NULL THEN 'merged'
            WHEN m.customer_id IS NOT NULL THEN 'test_account' END AS excluded
FROM carts AS k
JOIN m_sources AS s ON s.source = k.source
LEFT JOIN m_account_customers AS a ON a.source = k.source AND a.source_id = k.account_id
LEFT JOIN m_contacts AS c ON c.source = k.source AND c.source_id = k.contact_id
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m
       ON m.customer_id = COALESCE(a.customer_id, c.customer_id)
WHERE COALESCE(k.item_count, 1) <> 0
