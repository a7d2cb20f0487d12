-- Visits as KPIs read them: one, or the total of many. `weight` is how many visits a row stands for.
SELECT w.source, w.source_id, COALESCE(a.customer_id, c.customer_id) AS customer_id,
       COALESCE(NULLIF(TRIM(w.visitor_id), ''),
                CASE WHEN w.sessions IS NULL THEN w.source || ':' || w.source_id END) AS visitor_id,
       LOWER(TRIM(w.traffic_source)) AS traffic_source, LOWER(TRIM(w.traffic_medium)) AS traffic_medium,
       w.pageviews, COALESCE(w.conversions, 0) AS conversions, COALESCE(w.sessions, 1) AS weight,
       w.sessions IS NOT NULL AS is_total,
       MAKE_TIMESTAMP(EPOCH_US(w.started_at)) AS started_at,
       CAST(w.started_at AT TIME ZONE $zone AS DATE) AS started_on,
       CASE WHEN w.is_deleted THEN 'deleted'
            WHEN w.merged_into IS NOT NULL THEN 'merged'
            WHEN m.customer_id IS NOT NULL THEN 'test_account' END AS excluded
FROM web_sessions AS w
JOIN m_sources AS s ON s.source = w.source
LEFT JOIN m_account_customers AS a ON a.source = w.source AND a.source_id = w.account_id
LEFT JOIN m_contacts AS c ON c.source = w.source AND c.source_id = w.contact_id
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m
       ON m.customer_id = COALESCE(a.customer_id, c.customer_id)
