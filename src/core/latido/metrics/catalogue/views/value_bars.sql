-- From what amount on a customer is of high value, and from what of middle value, on two days of each period, `closing`,
-- its last one, and `opening`, the one before it: of those active on that day, fewer than a fifth pay more, or fewer than
-- half.
WITH amounts AS (
    SELECT period_id, 'closing' AS day, closing AS amount, COUNT(*) AS customers
    FROM states
    WHERE is_active = 1
    GROUP BY period_id, closing
    UNION ALL
    SELECT period_id, 'opening', opening, COUNT(*)
    FROM states
    WHERE was_active = 1
    GROUP BY period_id, opening
), ranked AS (
    SELECT period_id, day, amount,
           SUM(customers) OVER (PARTITION BY period_id, day ORDER BY amount DESC NULLS LAST
                                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - customers AS paying_more,
           SUM(customers) OVER (PARTITION BY period_id, day) AS customers
    FROM amounts
)
SELECT period_id, day,
       MIN(CASE WHEN paying_more < customers * CAST($high_share AS DECIMAL(18,12)) THEN amount END) AS high_from,
       MIN(CASE WHEN paying_more < customers * CAST($high_or_middle_share AS DECIMAL(18,12)) THEN amount END)
           AS middle_from
FROM ranked
GROUP BY period_id, day
