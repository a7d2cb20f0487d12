-- Rows that another source knows better: of several sources' rows with one external_id, the one updated last stays
-- (then the smaller source name, then the smaller source_id), and all of its source's with it.
WITH keyed AS (
    SELECT 'tickets' AS entity, t.source, t.source_id, t.external_id, t.updated_at
    FROM tickets AS t
    JOIN m_sources AS s ON s.source = t.source
    WHERE t.external_id IS NOT NULL AND t.external_id <> ''
    UNION ALL
    SELECT 'deals', d.source, d.source_id, d.external_id, d.updated_at
    FROM deals AS d
    JOIN m_sources AS s ON s.source = d.source
    WHERE d.external_id IS NOT NULL AND d.external_id <> ''
    UNION ALL
    SELECT 'contracts', k.source, k.source_id, k.external_id, k.updated_at
    FROM contracts AS k
    JOIN m_sources AS s ON s.source = k.source
    WHERE k.external_id IS NOT NULL AND k.external_id <> ''
    UNION ALL
    SELECT 'survey_responses', r.source, r.source_id, r.external_id, r.updated_at
    FROM survey_responses AS r
    JOIN m_sources AS s ON s.source = r.source
    WHERE r.external_id IS NOT NULL AND r.external_id <> ''
), shared AS (
    SELECT entity, external_id
    FROM keyed
    GROUP BY entity, external_id
    HAVING MIN(source) <> MAX(source)
), ranked AS (
    SELECT k.entity, k.source, k.source_id, k.external_id,
           ROW_NUMBER() OVER (PARTITION BY k.entity, k.external_id
                              ORDER BY k.updated_at DESC NULLS LAST, k.source, k.source_id) AS turn
    FROM keyed AS k
    JOIN shared AS h ON h.entity = k.entity AND h.external_id = k.external_id
)
SELECT r.entity, r.source, r.source_id, r.external_id, best.source AS kept_source, best.source_id AS kept_id
FROM ranked AS r
JOIN ranked AS best ON best.turn = 1 AND best.entity = r.entity AND best.external_id = r.external_id
WHERE r.source <> best.source
