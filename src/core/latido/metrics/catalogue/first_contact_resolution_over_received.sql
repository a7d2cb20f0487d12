-- Share of the tickets created in the period that are solved with at most one public reply of an agent and without
-- being opened again; those that are not solved count as failures. Tickets with unknown replies or reopenings are
-- left out, visibly.
SELECT p.period_id, t.customer_id, 'tickets' AS entity, t.source, t.source_id,
       COALESCE(t.excluded, CASE
           WHEN t.agent_replies IS NULL THEN 'unknown_replies'
           WHEN t.reopens IS NULL THEN 'unknown_reopens' END) AS excluded,
       CASE WHEN t.is_solved AND t.agent_replies <= 1 AND t.reopens = 0 THEN 1 ELSE 0 END AS numerator,
       t.team, t.channel, t.priority, t.type, t.assignee
FROM m_tickets AS t
JOIN period_days AS p
  ON p.day = CAST(t.created_at AS DATE) AND t.created_at >= p.starts_at AND t.created_at < p.ends_at
UNION ALL
SELECT p.period_id, t.customer_id, 'tickets', t.source, t.source_id, COALESCE(t.excluded, 'no_created_at'),
       CAST(NULL AS BIGINT), t.team, t.channel, t.priority, t.type, t.assignee
FROM m_tickets AS t
CROSS JOIN periods AS p
WHERE t.created_at IS NULL
