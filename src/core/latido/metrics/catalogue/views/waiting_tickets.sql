-- Tickets that wait for their first answer at the end of a period, unsolved. Of those without a creation date nobody knows
-- since when: they are left out of each period in which they may have waited.
SELECT p.period_id, t.customer_id, 'tickets' AS entity, t.source, t.source_id, 'waiting' AS excluded, t.team, t.channel,
       t.priority, t.type, t.assignee
FROM m_tickets AS t
JOIN periods AS p ON t.created_at < p.ends_at AND t.waiting_until_at >= p.ends_at
WHERE t.excluded IS NULL
UNION ALL
SELECT p.period_id, t.customer_id, 'tickets', t.source, t.source_id, 'no_created_at', t.team, t.channel, t.priority,
       t.type, t.assignee
FROM m_tickets AS t
JOIN periods AS p ON t.open_until_at >= p.ends_at AND t.waiting_until_at >= p.ends_at
WHERE t.created_at IS NULL AND t.excluded IS NULL
