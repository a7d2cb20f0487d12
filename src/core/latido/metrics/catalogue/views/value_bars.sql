-- From what amount on a customer active on the last day of a period is of high value, and from what of middle value: those
-- whom fewer than a fifth of all pay more than, and fewer than half.
WITH amounts AS (
    SELECT period_id, closing, COUNT(*) AS customers FROM states WHERE is_active = 1 GROUP BY period_id, closing
), ranked AS (
    SELECT period_id, closing,
           SUM(customers) OVER (PARTITION BY period_id ORDER BY closing DESC NULLS LAST
                                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - customers AS paying_more,
           SUM(customers) OVER (PARTITION BY period_id) AS customers
    FROM amounts
)
SELECT period_id,
       MIN(CASE WHEN paying_more < customers * CAST($high_share AS DECIMAL(18,12)) THEN closing END) AS high_from,
       MIN(CASE WHEN paying_more < customers * CAST($high_or_middle_share AS DECIMAL(18,12)) THEN closing END)
           AS middle_from
FROM ranked
GROUP BY period_id
