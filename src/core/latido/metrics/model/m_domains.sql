-- The hosts of e-mail whose domain one customer alone owns; deleted accounts own one only where no live account does.
-- Domains of free mail belong to nobody.
WITH owners AS (
    SELECT k.value AS domain, c.customer_id, MAX(CASE WHEN a.is_deleted THEN 0 ELSE 1 END) AS live
    FROM _latido_keys AS k
    JOIN accounts AS a ON a.source = k.source AND a.source_id = k.source_id
    JOIN m_account_customers AS c ON c.source = a.source AND c.source_id = a.source_id
    WHERE k.entity = 'accounts' AND k.rule = 'domain' AND a.merged_into IS NULL
    GROUP BY k.value, c.customer_id
), owned AS (
    SELECT domain, COALESCE(MIN(CASE WHEN live = 1 THEN customer_id END), MIN(customer_id)) AS customer_id
    FROM owners
    GROUP BY domain
    HAVING SUM(live) = 1 OR (SUM(live) = 0 AND COUNT(*) = 1)
)
SELECT h.host AS domain, o.customer_id
FROM owned AS o
JOIN _latido_hosts AS h ON h.domain = o.domain
