-- Share of the tickets solved in the period that met every target of their service level agreement. Tickets without
-- a target that was met or missed do not enter.
SELECT period_id, customer_id, 'tickets' AS entity, source, source_id, excluded,
       CASE WHEN sla_met THEN 1 ELSE 0 END AS numerator,
       team, channel, priority, type, assignee
FROM solved_tickets
WHERE sla_met IS NOT NULL
