-- Share of the tickets solved in the period that the customer rated good, of those rated good or bad. A ticket that
-- was not rated, offered or not, does not enter.
SELECT period_id, customer_id, 'tickets' AS entity, source, source_id, excluded,
       CASE WHEN csat = 'good' THEN 1 ELSE 0 END AS numerator,
       team, channel, priority, type, assignee
FROM solved_tickets
WHERE csat IN ('good', 'bad')
