-- Median time from the creation of a ticket to the first public reply of an agent, over the tickets first answered
-- in the period; by stat also the mean or the 90th percentile. Tickets still unanswered and unsolved at its end are
-- shown as waiting. Tickets answered before they were created are left out, visibly.
SELECT p.period_id, t.customer_id, 'tickets' AS entity, t.source, t.source_id,
       COALESCE(t.excluded, CASE
           WHEN t.created_at IS NULL THEN 'no_created_at'
           WHEN t.first_reply_at < t.created_at THEN 'negative_duration' END) AS excluded,
       DATE_DIFF('microsecond', t.created_at, t.first_reply_at) AS value,
       t.team, t.channel, t.priority, t.type, t.assignee
FROM m_tickets AS t
JOIN period_days AS p
  ON p.day = CAST(t.first_reply_at AS DATE) AND t.first_reply_at >= p.starts_at AND t.first_reply_at < p.ends_at
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS BIGINT), team, channel, priority, type,
       assignee
FROM waiting_tickets
