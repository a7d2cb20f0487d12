-- Tickets as KPIs read them: instants in UTC, what is missing filled in from events, the customer found, and in
-- `excluded` the reason why a ticket does not count. A ticket belongs to its own account, else to its contact's, else
-- to the customer that alone owns the domain of the requester's e-mail. `open_until_at` and `waiting_until_at` end in
-- the far future for a ticket that is unsolved, or unsolved and unanswered. Less than no replies are not known.
WITH filled AS (
    SELECT t.source, t.source_id, t.assignee_id, t.team, t.channel, t.priority, t.type, t.status, t.csat,
           COALESCE(t.contact_id, p.contact_id) AS contact_id,
           NULLIF(LOWER(TRIM(t.requester_email)), '') AS requester_email,
           COALESCE(t.account_id, p.account_id) AS account_id,
           COALESCE(t.status IN ('solved', 'closed'), false) AS is_solved,
           MAKE_TIMESTAMP(EPOCH_US(t.created_at)) AS created_at,
           MAKE_TIMESTAMP(EPOCH_US(COALESCE(t.first_reply_at, h.first_reply_at))) AS first_reply_at,
           COALESCE(CASE WHEN t.agent_replies >= 0 THEN t.agent_replies END, h.agent_replies) AS agent_replies,
           COALESCE(t.requester_replies, h.requester_replies) AS requester_replies,
           MAKE_TIMESTAMP(EPOCH_US(COALESCE(t.first_solved_at, h.first_solved_at))) AS first_solve_at,
           MAKE_TIMESTAMP(EPOCH_US(COALESCE(t.solved_at, h.solved_at))) AS last_solve_at,
           MAKE_TIMESTAMP(EPOCH_US(t.closed_at)) AS closed_at,
           COALESCE(CASE WHEN t.reopens >= 0 THEN t.reopens END, h.reopens) AS reopens,
           COALESCE(t.sla_met, h.sla_met) AS sla_met,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN t.is_deleted THEN 'deleted'
                WHEN t.merged_into IS NOT NULL THEN 'merged'
                WHEN t.is_spam THEN 'spam' END AS excluded
    FROM tickets AS t
    JOIN m_sources AS s ON s.source = t.source
    LEFT JOIN m_ticket_history AS h ON h.source = t.source AND h.ticket_id = t.source_id
    LEFT JOIN m_duplicates AS x ON x.entity = 'tickets' AND x.source = t.source AND x.source_id = t.source_id
    LEFT JOIN m_primary_links AS p ON p.source = t.source AND p.entity = 'tickets' AND p.source_id = t.source_id
), owned AS (
    SELECT f.source, f.source_id, f.assignee_id, f.team, f.channel, f.priority, f.type, f.status, f.csat, f.is_solved,
           f.created_at, f.first_reply_at, f.agent_replies, f.requester_replies, f.first_solve_at, f.reopens, f.sla_met,
           f.excluded, COALESCE(a.customer_id, c.customer_id, d.customer_id) AS customer_id,
           COALESCE(f.last_solve_at, CASE WHEN f.is_solved THEN f.closed_at END) AS solved_at
    FROM filled AS f
    LEFT JOIN m_account_customers AS a ON a.source = f.source AND a.source_id = f.account_id
    LEFT JOIN m_contacts AS c ON c.source = f.source AND c.source_id = f.contact_id
    LEFT JOIN m_domains AS d ON d.domain = SPLIT_PART(f.requester_email, '@', 2)
)
SELECT o.source, o.source_id, o.customer_id, COALESCE(u.name, o.assignee_id) AS assignee,
       COALESCE(o.team, u.team) AS team, o.channel, o.priority, o.type, o.status, o.is_solved, o.csat, o.sla_met,
       o.created_at, o.first_reply_at, o.agent_replies, o.requester_replies,
       COALESCE(o.first_solve_at, CASE WHEN o.reopens = 0 THEN o.solved_at END) AS first_solved_at, o.solved_at,
       o.reopens,
       CASE WHEN o.is_solved THEN COALESCE(o.solved_at, o.created_at) ELSE TIMESTAMP '9999-01-01' END AS open_until_at,
       LEAST(COALESCE(o.first_reply_at, TIMESTAMP '9999-01-01'),
             CASE WHEN o.is_solved THEN COALESCE(o.solved_at, o.created_at) ELSE TIMESTAMP '9999-01-01' END)
           AS waiting_until_at,
       CAST(o.created_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS created_on,
       CAST(o.solved_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS solved_on,
       COALESCE(o.excluded, CASE WHEN m.customer_id IS NOT NULL THEN 'test_account' END) AS excluded
FROM owned AS o
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m ON m.customer_id = o.customer_id
LEFT JOIN users AS u ON u.source = o.source AND u.source_id = o.assignee_id
