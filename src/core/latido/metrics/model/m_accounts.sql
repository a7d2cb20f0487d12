-- Accounts as KPIs read them: the customer that each belongs to, and in `excluded` why one does not count.
SELECT a.source, a.source_id, c.customer_id, MAKE_TIMESTAMP(EPOCH_US(a.created_at)) AS created_at,
       CASE WHEN a.is_deleted THEN 'deleted'
            WHEN a.merged_into IS NOT NULL THEN 'merged'
            WHEN m.is_test THEN 'test_account' END AS excluded
FROM accounts AS a
JOIN m_account_customers AS c ON c.source = a.source AND c.source_id = a.source_id
LEFT JOIN m_customers AS m ON m.customer_id = c.customer_id
