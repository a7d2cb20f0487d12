-- Share of the tickets solved in the period with at most one public reply of an agent and without being opened
-- again. Tickets with unknown replies or reopenings are left out, visibly. The variant strict_one_reply asks for
-- exactly one reply and does not look at reopenings.
SELECT period_id, customer_id, 'tickets' AS entity, source, source_id,
       COALESCE(excluded, CASE
           WHEN agent_replies IS NULL THEN 'unknown_replies'
           WHEN $variant <> 'strict_one_reply' AND reopens IS NULL THEN 'unknown_reopens' END) AS excluded,
       CASE WHEN $variant = 'strict_one_reply' AND agent_replies = 1 THEN 1
            WHEN $variant <> 'strict_one_reply' AND agent_replies <= 1 AND reopens = 0 THEN 1
            ELSE 0 END AS numerator,
       team, channel, priority, type, assignee
FROM solved_tickets
