-- Who each contact is, as identity found out, and which customer they belong to: a merged-away contact to its
-- survivor's. A contact without an account belongs to the customer that alone owns the domain of their e-mail.
WITH RECURSIVE merged AS (
    SELECT c.source, c.source_id, c.merged_into
    FROM contacts AS c
    JOIN m_sources AS s ON s.source = c.source
    WHERE c.merged_into IS NOT NULL AND c.merged_into <> 'unknown' AND c.merged_into <> c.source_id
), trail AS (
    SELECT source, source_id, merged_into AS survivor, 1 AS hops
    FROM merged
    UNION ALL
    SELECT t.source, t.source_id, m.merged_into, t.hops + 1
    FROM trail AS t
    JOIN merged AS m ON m.source = t.source AND m.source_id = t.survivor
    WHERE t.hops < 20
), survivors AS (
    SELECT source, source_id, survivor
    FROM (SELECT source, source_id, survivor,
                 ROW_NUMBER() OVER (PARTITION BY source, source_id ORDER BY hops DESC) AS turn
          FROM trail) AS ranked
    WHERE turn = 1
), merged_away AS (
    SELECT v.source, v.source_id, v.survivor, w.email, w.account_id
    FROM survivors AS v
    LEFT JOIN contacts AS w ON w.source = v.source AND w.source_id = v.survivor
), known AS (
    SELECT c.source, c.source_id, COALESCE(m.survivor, c.source_id) AS survivor_id,
           NULLIF(LOWER(TRIM(COALESCE(m.email, c.email))), '') AS email,
           COALESCE(m.account_id, c.account_id) AS account_id
    FROM contacts AS c
    JOIN m_sources AS s ON s.source = c.source
    LEFT JOIN merged_away AS m ON m.source = c.source AND m.source_id = c.source_id
), placed AS (
    SELECT k.source, k.source_id, k.survivor_id, k.email, COALESCE(k.account_id, p.account_id) AS account_id
    FROM known AS k
    LEFT JOIN m_primary_links AS p
           ON p.source = k.source AND p.entity = 'contacts' AND p.source_id = k.survivor_id
)
SELECT k.source, k.source_id, l.person_id, COALESCE(a.customer_id, d.customer_id) AS customer_id
FROM placed AS k
JOIN contact_links AS l ON l.source = k.source AND l.source_id = k.source_id
LEFT JOIN m_account_customers AS a ON a.source = k.source AND a.source_id = k.account_id
LEFT JOIN m_domains AS d ON a.customer_id IS NULL AND d.domain = SPLIT_PART(k.email, '@', 2)
