-- Tickets as KPIs read them: instants in UTC, what is missing filled in from events, the customer found, and in
-- `excluded` the reason why a ticket does not count. `open_until_at` and `waiting_until_at` end in the far future
-- for a ticket that is unsolved, or unsolved and unanswered.
WITH joined AS (
    SELECT t.source, t.source_id, t.assignee_id, t.team, t.channel, t.priority, t.type, t.status, t.csat,
           COALESCE(t.status IN ('solved', 'closed'), false) AS is_solved,
           t.created_at AT TIME ZONE 'UTC' AS created_at,
           COALESCE(t.first_reply_at, h.first_reply_at) AT TIME ZONE 'UTC' AS first_reply_at,
           COALESCE(t.agent_replies, h.agent_replies) AS agent_replies,
           COALESCE(t.requester_replies, h.requester_replies) AS requester_replies,
           COALESCE(t.first_solved_at, h.first_solved_at) AT TIME ZONE 'UTC' AS first_solve_at,
           COALESCE(t.solved_at, h.solved_at) AT TIME ZONE 'UTC' AS last_solve_at,
           t.closed_at AT TIME ZONE 'UTC' AS closed_at,
           COALESCE(t.reopens, h.reopens) AS reopens,
           COALESCE(t.sla_met, h.sla_met) AS sla_met,
           COALESCE(own.customer_id, linked.customer_id, c.customer_id, d.customer_id) AS customer_id,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN t.is_deleted THEN 'deleted'
                WHEN t.merged_into IS NOT NULL THEN 'merged'
                WHEN t.is_spam THEN 'spam' END AS excluded
    FROM tickets AS t
    JOIN m_sources AS s ON s.source = t.source
    LEFT JOIN m_ticket_history AS h ON h.source = t.source AND h.ticket_id = t.source_id
    LEFT JOIN m_duplicates AS x ON x.entity = 'tickets' AND x.source = t.source AND x.source_id = t.source_id
    LEFT JOIN m_account_customers AS own ON own.source = t.source AND own.source_id = t.account_id
    LEFT JOIN m_primary_accounts AS p
           ON p.source = t.source AND p.entity = 'tickets' AND p.source_id = t.source_id AND t.account_id IS NULL
    LEFT JOIN m_account_customers AS linked ON linked.source = p.source AND linked.source_id = p.account_id
    LEFT JOIN m_contacts AS c ON c.source = t.source AND c.source_id = t.contact_id
    LEFT JOIN m_domains AS d
           ON d.domain = SPLIT_PART(COALESCE(NULLIF(LOWER(TRIM(t.requester_email)), ''), c.email), '@', 2)
), solved AS (
    SELECT j.*, COALESCE(j.last_solve_at, CASE WHEN j.is_solved THEN j.closed_at END) AS solved_at
    FROM joined AS j
)
SELECT t.source, t.source_id, t.customer_id, COALESCE(u.name, t.assignee_id) AS assignee,
       COALESCE(t.team, u.team) AS team, t.channel, t.priority, t.type, t.status, t.is_solved, t.csat, t.sla_met,
       t.created_at, t.first_reply_at, t.agent_replies, t.requester_replies,
       COALESCE(t.first_solve_at, CASE WHEN t.reopens = 0 THEN t.solved_at END) AS first_solved_at, t.solved_at,
       t.reopens,
       CASE WHEN t.is_solved THEN COALESCE(t.solved_at, t.created_at) ELSE TIMESTAMP '9999-01-01' END AS open_until_at,
       LEAST(COALESCE(t.first_reply_at, TIMESTAMP '9999-01-01'),
             CASE WHEN t.is_solved THEN COALESCE(t.solved_at, t.created_at) ELSE TIMESTAMP '9999-01-01' END)
           AS waiting_until_at,
       CAST(t.created_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS created_on,
       CAST(t.solved_at AT TIME ZONE 'UTC' AT TIME ZONE $zone AS DATE) AS solved_on,
       COALESCE(t.excluded, CASE WHEN m.is_test THEN 'test_account' END) AS excluded
FROM solved AS t
LEFT JOIN m_customers AS m ON m.customer_id = t.customer_id
LEFT JOIN users AS u ON u.source = t.source AND u.source_id = t.assignee_id
