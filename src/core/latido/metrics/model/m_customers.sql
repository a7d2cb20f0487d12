-- One row per customer. One live or deleted account that is marked as a test makes the whole customer a test.
SELECT c.customer_id,
       MIN(CASE WHEN a.source || ':' || a.source_id = c.customer_id THEN a.name END) AS name,
       MIN(CASE WHEN a.source || ':' || a.source_id = c.customer_id THEN a.country END) AS country,
       MIN(CASE WHEN a.source || ':' || a.source_id = c.customer_id THEN a.industry END) AS industry,
       MAX(CASE WHEN a.is_test AND a.merged_into IS NULL THEN 1 ELSE 0 END) = 1 AS is_test
FROM m_account_customers AS c
JOIN accounts AS a ON a.source = c.source AND a.source_id = c.source_id
GROUP BY c.customer_id
