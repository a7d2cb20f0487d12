-- Which customer each account belongs to, as identity found out.
SELECT l.source, l.source_id, l.customer_id
FROM account_links AS l
JOIN m_sources AS s ON s.source = l.source
