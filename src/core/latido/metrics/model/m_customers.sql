-- One row per customer. One live or deleted account that is marked as a test makes the whole customer a test. Country,
-- industry and owner, with the owner's team, are those of a live account that says one; of several, of the first.
WITH members AS (
    SELECT c.customer_id, a.country, a.industry, COALESCE(u.name, a.owner_id) AS owner, u.team,
           CASE WHEN a.is_test AND a.merged_into IS NULL THEN 1 ELSE 0 END AS is_test,
           ROW_NUMBER() OVER (PARTITION BY c.customer_id
                              ORDER BY CASE WHEN a.country IS NULL THEN 1 ELSE 0 END NULLS LAST,
                                       CASE WHEN a.merged_into IS NOT NULL THEN 2 WHEN a.is_deleted THEN 1 ELSE 0 END
                                       NULLS LAST, a.source NULLS LAST, a.source_id NULLS LAST) AS country_turn,
           ROW_NUMBER() OVER (PARTITION BY c.customer_id
                              ORDER BY CASE WHEN a.industry IS NULL THEN 1 ELSE 0 END NULLS LAST,
                                       CASE WHEN a.merged_into IS NOT NULL THEN 2 WHEN a.is_deleted THEN 1 ELSE 0 END
                                       NULLS LAST, a.source NULLS LAST, a.source_id NULLS LAST) AS industry_turn,
           ROW_NUMBER() OVER (PARTITION BY c.customer_id
                              ORDER BY CASE WHEN a.owner_id IS NULL THEN 1 ELSE 0 END NULLS LAST,
                                       CASE WHEN a.merged_into IS NOT NULL THEN 2 WHEN a.is_deleted THEN 1 ELSE 0 END
                                       NULLS LAST, a.source NULLS LAST, a.source_id NULLS LAST) AS owner_turn
    FROM m_account_customers AS c
    JOIN accounts AS a ON a.source = c.source AND a.source_id = c.source_id
    LEFT JOIN users AS u ON u.source = a.source AND u.source_id = a.owner_id
)
SELECT m.customer_id, MIN(n.name) AS name,
       MIN(CASE WHEN m.country_turn = 1 THEN m.country END) AS country,
       MIN(CASE WHEN m.industry_turn = 1 THEN m.industry END) AS industry,
       MIN(CASE WHEN m.owner_turn = 1 THEN m.owner END) AS owner,
       MIN(CASE WHEN m.owner_turn = 1 THEN m.team END) AS team,
       MAX(m.is_test) = 1 AS is_test
FROM members AS m
LEFT JOIN customers AS n ON n.customer_id = m.customer_id
GROUP BY m.customer_id
