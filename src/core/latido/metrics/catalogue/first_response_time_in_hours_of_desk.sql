-- Median opening hours of a desk from the creation of a ticket to the first public reply of an agent, over the
-- tickets first answered in the period; by stat also the mean or the 90th percentile. Tickets still unanswered and
-- unsolved at its end are shown as waiting. Tickets answered before they were created are left out, visibly.
WITH replies AS (
    SELECT p.period_id, t.customer_id, t.source, t.source_id, t.team, t.channel, t.priority, t.type, t.assignee,
           t.created_at, t.first_reply_at,
           COALESCE(t.excluded, CASE
               WHEN t.created_at IS NULL THEN 'no_created_at'
               WHEN t.first_reply_at < t.created_at THEN 'negative_duration' END) AS excluded
    FROM m_tickets AS t
    JOIN period_days AS p
      ON p.day = CAST(t.first_reply_at AS DATE) AND t.first_reply_at >= p.starts_at AND t.first_reply_at < p.ends_at
), desk AS (
    SELECT opens_at, closes_at, until_at, open_before
    FROM m_openings
    WHERE schedule = $schedule
)
SELECT r.period_id, r.customer_id, 'tickets' AS entity, r.source, r.source_id, r.excluded,
       b.open_before + DATE_DIFF('microsecond', b.opens_at, LEAST(r.first_reply_at, b.closes_at))
       - a.open_before - DATE_DIFF('microsecond', a.opens_at, LEAST(r.created_at, a.closes_at)) AS value,
       r.team, r.channel, r.priority, r.type, r.assignee
FROM replies AS r
LEFT JOIN desk AS a ON r.created_at >= a.opens_at AND r.created_at < a.until_at
LEFT JOIN desk AS b ON r.first_reply_at >= b.opens_at AND r.first_reply_at < b.until_at
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS BIGINT), team, channel, priority, type,
       assignee
FROM waiting_tickets
