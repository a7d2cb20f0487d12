-- Account and contact of a record that says none itself, where associations do: the primary one, else the first by id.
SELECT a.source, a.from_entity AS entity, a.from_id AS source_id,
       COALESCE(MIN(a.to_id) FILTER (WHERE a.to_entity = 'accounts' AND a.is_primary),
                MIN(a.to_id) FILTER (WHERE a.to_entity = 'accounts')) AS account_id,
       COALESCE(MIN(a.to_id) FILTER (WHERE a.to_entity = 'contacts' AND a.is_primary),
                MIN(a.to_id) FILTER (WHERE a.to_entity = 'contacts')) AS contact_id
FROM associations AS a
JOIN m_sources AS s ON s.source = a.source
WHERE a.to_entity IN ('accounts', 'contacts') AND a.from_id IS NOT NULL AND COALESCE(a.is_deleted, false) = false
GROUP BY a.source, a.from_entity, a.from_id
