-- The contact of a record that says none itself, where an association does: the primary one, else the first by id.
SELECT source, entity, source_id, contact_id
FROM (SELECT a.source, a.from_entity AS entity, a.from_id AS source_id, a.to_id AS contact_id,
             ROW_NUMBER() OVER (PARTITION BY a.source, a.from_entity, a.from_id
                                ORDER BY CASE WHEN a.is_primary THEN 0 ELSE 1 END, a.to_id) AS turn
      FROM associations AS a
      JOIN m_sources AS s ON s.source = a.source
      WHERE a.to_entity = 'contacts' AND a.from_id IS NOT NULL AND a.to_id IS NOT NULL
        AND COALESCE(a.is_deleted, false) = false) AS ranked
WHERE turn = 1
