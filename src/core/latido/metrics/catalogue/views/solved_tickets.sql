-- Tickets that are solved now, in the period of their last solve.
SELECT p.period_id, t.customer_id, t.source, t.source_id, t.team, t.channel, t.priority, t.type, t.assignee,
       t.created_at, t.first_solved_at, t.solved_at, t.agent_replies, t.reopens, t.csat, t.sla_met, t.excluded
FROM m_tickets AS t
JOIN period_days AS p
  ON p.day = CAST(t.solved_at AS DATE) AND t.solved_at >= p.starts_at AND t.solved_at < p.ends_at
WHERE t.is_solved
