-- Who has an e-mail address.
SELECT k.value AS email, MIN(l.person_id) AS person_id
FROM _latido_keys AS k
JOIN contact_links AS l ON l.source = k.source AND l.source_id = k.source_id
JOIN m_sources AS s ON s.source = l.source
WHERE k.entity = 'contacts' AND k.rule = 'email'
GROUP BY k.value
