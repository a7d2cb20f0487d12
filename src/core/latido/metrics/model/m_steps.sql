-- The days on which what a customer pays changed, with the amounts before and after: each end of a stretch, and each
-- begin. `is_return` says that the customer had paid before.
WITH neighbours AS (
    SELECT scope, source, customer_id, starts_on, until_on, first_on, amount, blocked,
           LAG(until_on) OVER so_far AS previous_until, LAG(amount) OVER so_far AS previous_amount,
           LAG(blocked) OVER so_far AS previous_blocked, LEAD(starts_on) OVER so_far AS next_starts
    FROM m_segments
    WINDOW so_far AS (PARTITION BY scope, customer_id ORDER BY starts_on NULLS LAST)
)
SELECT scope, source, customer_id, starts_on AS day,
       CASE WHEN previous_until = starts_on THEN previous_amount ELSE 0 END AS amount_before, amount AS amount_after,
       CASE WHEN previous_until = starts_on THEN 1 ELSE 0 END AS was_active, 1 AS is_active,
       first_on < starts_on AS is_return,
       LEAST(CASE WHEN previous_until = starts_on THEN previous_blocked END, blocked) AS blocked
FROM neighbours
UNION ALL
SELECT scope, source, customer_id, until_on, amount, 0, 1, 0, true, blocked
FROM neighbours
WHERE until_on < DATE '9999-01-01' AND (next_starts IS NULL OR next_starts > until_on)
