-- Tickets that are solved now, in the period of their last solve. Those of which nobody knows when that was may belong to
-- any: they are shown in each, and left out of it.
SELECT p.period_id, t.customer_id, t.source, t.source_id, t.team, t.channel, t.priority, t.type, t.assignee,
       t.created_at, t.first_solved_at, t.solved_at, t.agent_replies, t.reopens, t.csat, t.sla_met, t.excluded
FROM m_tickets AS t
JOIN period_days AS p
  ON p.day = CAST(t.solved_at AS DATE) AND t.solved_at >= p.starts_at AND t.solved_at < p.ends_at
WHERE t.is_solved
UNION ALL
SELECT p.period_id, t.customer_id, t.source, t.source_id, t.team, t.channel, t.priority, t.type, t.assignee,
       t.created_at, t.first_solved_at, t.solved_at, t.agent_replies, t.reopens, t.csat, t.sla_met,
       COALESCE(t.excluded, 'no_solved_at')
FROM m_tickets AS t
CROSS JOIN periods AS p
WHERE t.is_solved AND t.solved_at IS NULL
