-- The e-mail domains that one customer alone owns. Domains of free mail belong to nobody.
SELECT o.domain, MIN(o.customer_id) AS customer_id
FROM (SELECT DISTINCT LOWER(TRIM(a.domain)) AS domain, c.customer_id
      FROM accounts AS a
      JOIN m_account_customers AS c ON c.source = a.source AND c.source_id = a.source_id
      WHERE a.domain IS NOT NULL AND TRIM(a.domain) <> '' AND a.merged_into IS NULL
        AND COALESCE(a.is_deleted, false) = false) AS o
WHERE o.domain NOT IN (SELECT UNNEST(CAST($free_mail AS VARCHAR[])))
GROUP BY o.domain
HAVING COUNT(*) = 1
