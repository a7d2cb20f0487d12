-- Which customer each account belongs to. Rows of a merged-away account belong to the survivor; an account whose
-- survivor is not known stands for itself. Until accounts are unified, a customer is an account.
WITH RECURSIVE merged AS (
    SELECT a.source, a.source_id, a.merged_into
    FROM accounts AS a
    JOIN m_sources AS s ON s.source = a.source
    WHERE a.merged_into IS NOT NULL AND a.merged_into <> 'unknown' AND a.merged_into <> a.source_id
), trail AS (
    SELECT source, source_id, merged_into AS survivor, 1 AS hops
    FROM merged
    UNION ALL
    SELECT t.source, t.source_id, m.merged_into, t.hops + 1
    FROM trail AS t
    JOIN merged AS m ON m.source = t.source AND m.source_id = t.survivor
    WHERE t.hops < 20  -- two accounts may have been merged into one another
), survivors AS (
    SELECT source, source_id, survivor
    FROM (SELECT source, source_id, survivor,
                 ROW_NUMBER() OVER (PARTITION BY source, source_id ORDER BY hops DESC) AS turn
          FROM trail) AS ranked
    WHERE turn = 1
)
SELECT a.source, a.source_id, a.source || ':' || COALESCE(v.survivor, a.source_id) AS customer_id
FROM accounts AS a
JOIN m_sources AS s ON s.source = a.source
LEFT JOIN survivors AS v ON v.source = a.source AND v.source_id = a.source_id
