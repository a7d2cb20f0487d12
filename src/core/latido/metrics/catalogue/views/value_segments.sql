-- Customers by what they pay per month: `high` are those whom fewer than a fifth of all pay more than, `middle` fewer
-- than half, the rest is `volume`. Those active on the last day of the period are in the segment of that day, those who
-- left in it in that of the day before it. One whose amount has no rate is in none.
SELECT period_id, customer_id,
       CASE WHEN blocked IS NOT NULL THEN CAST(NULL AS VARCHAR)
            WHEN paying_more < customers * CAST($high_share AS DECIMAL(18,12)) THEN 'high'
            WHEN paying_more < customers * CAST($high_or_middle_share AS DECIMAL(18,12)) THEN 'middle'
            ELSE 'volume' END AS segment
FROM (SELECT period_id, customer_id, is_active AS is_counted, closing_blocked AS blocked,
             RANK() OVER (PARTITION BY period_id, is_active ORDER BY closing DESC NULLS LAST) - 1 AS paying_more,
             COUNT(*) OVER (PARTITION BY period_id, is_active) AS customers
      FROM states
      UNION ALL
      SELECT period_id, customer_id, was_active * (1 - is_active), opening_blocked,
             RANK() OVER (PARTITION BY period_id, was_active ORDER BY opening DESC NULLS LAST) - 1,
             COUNT(*) OVER (PARTITION BY period_id, was_active)
      FROM states) AS ranked
WHERE is_counted = 1
