-- What a ticket's events say, for tickets whose own record says less. A ticket without any event of a kind says
-- nothing about it: unknown, not 0. Replies are public, by agents, after the opening; its own comment is none.
WITH events AS (
    SELECT e.source, e.ticket_id, e.source_id, e.kind, e.actor_role, e.public, e.from_value, e.to_value, e.occurred_at
    FROM ticket_events AS e
    JOIN m_sources AS s ON s.source = e.source
    WHERE e.ticket_id IS NOT NULL AND COALESCE(e.is_deleted, false) = false AND e.merged_into IS NULL
), replies AS (
    SELECT e.source, e.ticket_id,
           MIN(e.occurred_at) FILTER (WHERE e.actor_role = 'agent' AND e.public AND e.occurred_at > t.created_at)
               AS first_reply_at,
           COUNT(*) FILTER (WHERE e.actor_role = 'agent' AND e.public AND e.occurred_at > t.created_at)
               AS agent_replies,
           COUNT(*) FILTER (WHERE e.actor_role = 'requester' AND e.public AND e.occurred_at > t.created_at)
               AS requester_replies
    FROM events AS e
    JOIN tickets AS t ON t.source = e.source AND t.source_id = e.ticket_id
    WHERE e.kind = 'reply'
    GROUP BY e.source, e.ticket_id
), firsts AS (
    -- A vendor that measures the first reply itself names it; replies by telephone leave no other trace.
    SELECT source, ticket_id, MIN(occurred_at) AS first_reply_at
    FROM events
    WHERE kind = 'first_reply'
    GROUP BY source, ticket_id
), steps AS (
    SELECT source, ticket_id, occurred_at,
           COALESCE(to_value IN ('solved', 'closed'), false) AS is_solved,
           COALESCE(COALESCE(from_value, LAG(to_value) OVER (PARTITION BY source, ticket_id
                                                             ORDER BY occurred_at, source_id))
                    IN ('solved', 'closed'), false) AS was_solved
    FROM events
    WHERE kind = 'status'
), solves AS (
    SELECT source, ticket_id,
           MIN(occurred_at) FILTER (WHERE is_solved AND NOT was_solved) AS first_solved_at,
           MAX(occurred_at) FILTER (WHERE is_solved AND NOT was_solved) AS solved_at,
           COUNT(*) FILTER (WHERE was_solved AND NOT is_solved) AS reopens
    FROM steps
    GROUP BY source, ticket_id
), targets AS (
    SELECT source, ticket_id,
           CASE WHEN COUNT(*) FILTER (WHERE to_value = 'breached') > 0 THEN false
                WHEN COUNT(*) FILTER (WHERE to_value = 'met') > 0 THEN true END AS sla_met
    FROM events
    WHERE kind = 'sla'
    GROUP BY source, ticket_id
)
SELECT i.source, i.ticket_id, COALESCE(f.first_reply_at, r.first_reply_at) AS first_reply_at,
       r.agent_replies, r.requester_replies,
       v.first_solved_at, v.solved_at, v.reopens, g.sla_met
FROM (SELECT DISTINCT source, ticket_id FROM events) AS i
LEFT JOIN firsts AS f ON f.source = i.source AND f.ticket_id = i.ticket_id
LEFT JOIN replies AS r ON r.source = i.source AND r.ticket_id = i.ticket_id
LEFT JOIN solves AS v ON v.source = i.source AND v.ticket_id = i.ticket_id
LEFT JOIN targets AS g ON g.source = i.source AND g.ticket_id = i.ticket_id
