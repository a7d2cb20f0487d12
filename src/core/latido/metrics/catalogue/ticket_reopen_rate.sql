-- Share of the tickets solved in the period that had been opened again at least once. Tickets of which nobody knows
-- whether they were are left out, visibly.
SELECT period_id, customer_id, 'tickets' AS entity, source, source_id,
       COALESCE(excluded, CASE WHEN reopens IS NULL THEN 'unknown_reopens' END) AS excluded,
       CASE WHEN reopens > 0 THEN 1 ELSE 0 END AS numerator,
       team, channel, priority, type, assignee
FROM solved_tickets
