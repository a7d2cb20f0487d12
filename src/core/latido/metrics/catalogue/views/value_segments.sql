-- The customers active on the last day of a period, each in its segment of value: `high` are those whom fewer than a fifth
-- of all pay more than, `middle` fewer than half, the rest is `volume`. One whose amount has no rate is in none.
SELECT period_id, customer_id,
       CASE WHEN closing_blocked IS NOT NULL THEN CAST(NULL AS VARCHAR)
            WHEN paying_more < customers * CAST($high_share AS DECIMAL(18,12)) THEN 'high'
            WHEN paying_more < customers * CAST($high_or_middle_share AS DECIMAL(18,12)) THEN 'middle'
            ELSE 'volume' END AS segment
FROM (SELECT period_id, customer_id, closing_blocked,
             RANK() OVER (PARTITION BY period_id ORDER BY closing DESC NULLS LAST) - 1 AS paying_more,
             COUNT(*) OVER (PARTITION BY period_id) AS customers
      FROM states
      WHERE is_active = 1) AS ranked
