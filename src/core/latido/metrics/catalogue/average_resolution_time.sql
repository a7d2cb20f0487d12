-- Mean time from the creation of a ticket to its last solve, over the tickets that are solved now and were so last
-- in the period; by stat also the median or the 90th percentile. The variant which=first measures the same tickets
-- up to their first solve. Tickets solved before they were created are left out, visibly.
SELECT period_id, customer_id, 'tickets' AS entity, source, source_id,
       COALESCE(excluded, CASE
           WHEN created_at IS NULL THEN 'no_created_at'
           WHEN $which = 'first' AND first_solved_at IS NULL THEN 'unknown_first_solve'
           WHEN $which = 'first' AND first_solved_at < created_at THEN 'negative_duration'
           WHEN $which <> 'first' AND solved_at < created_at THEN 'negative_duration' END) AS excluded,
       CASE WHEN $which = 'first' THEN DATE_DIFF('microsecond', created_at, first_solved_at)
            ELSE DATE_DIFF('microsecond', created_at, solved_at) END AS value,
       team, channel, priority, type, assignee
FROM solved_tickets
