-- Mean opening hours of a desk from the creation of a ticket to its last solve, over the tickets that are solved now
-- and were so last in the period; by stat also the median or the 90th percentile. The variant which=first measures
-- the same tickets up to their first solve. Tickets solved before they were created are left out, visibly.
WITH solves AS (
    SELECT period_id, customer_id, source, source_id, team, channel, priority, type, assignee, created_at,
           CASE WHEN $which = 'first' THEN first_solved_at ELSE solved_at END AS solved_at,
           COALESCE(excluded, CASE
               WHEN created_at IS NULL THEN 'no_created_at'
               WHEN $which = 'first' AND first_solved_at IS NULL THEN 'unknown_first_solve'
               WHEN $which = 'first' AND first_solved_at < created_at THEN 'negative_duration'
               WHEN $which <> 'first' AND solved_at < created_at THEN 'negative_duration' END) AS excluded
    FROM solved_tickets
), desk AS (
    SELECT opens_at, closes_at, until_at, open_before
    FROM m_openings
    WHERE schedule = $schedule
)
SELECT v.period_id, v.customer_id, 'tickets' AS entity, v.source, v.source_id, v.excluded,
       b.open_before + DATE_DIFF('microsecond', b.opens_at, LEAST(v.solved_at, b.closes_at))
       - a.open_before - DATE_DIFF('microsecond', a.opens_at, LEAST(v.created_at, a.closes_at)) AS value,
       v.team, v.channel, v.priority, v.type, v.assignee
FROM solves AS v
LEFT JOIN desk AS a ON v.created_at >= a.opens_at AND v.created_at < a.until_at
LEFT JOIN desk AS b ON v.solved_at >= b.opens_at AND v.solved_at < b.until_at
