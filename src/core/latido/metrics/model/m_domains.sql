-- The e-mail domains that one customer alone owns; deleted accounts own one only where no live account does.
-- Domains of free mail belong to nobody.
SELECT o.domain, COALESCE(MIN(CASE WHEN o.live = 1 THEN o.customer_id END), MIN(o.customer_id)) AS customer_id
FROM (SELECT LOWER(TRIM(a.domain)) AS domain, c.customer_id, MAX(CASE WHEN a.is_deleted THEN 0 ELSE 1 END) AS live
      FROM accounts AS a
      JOIN m_account_customers AS c ON c.source = a.source AND c.source_id = a.source_id
      WHERE a.domain IS NOT NULL AND TRIM(a.domain) <> '' AND a.merged_into IS NULL
      GROUP BY LOWER(TRIM(a.domain)), c.customer_id) AS o
WHERE o.domain NOT IN (SELECT UNNEST(CAST($free_mail AS VARCHAR[])))
GROUP BY o.domain
HAVING SUM(o.live) = 1 OR (SUM(o.live) = 0 AND COUNT(*) = 1)
