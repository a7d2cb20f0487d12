-- Customers by what they pay per month: `high`, `middle` or `volume`. Those active on the last day of the period are in
-- the segment of that day, those who left in it in that of the day before it. One whose amount has no rate is in none.
SELECT s.period_id, s.customer_id,
       CASE WHEN s.blocked IS NOT NULL THEN CAST(NULL AS VARCHAR)
            WHEN s.amount >= b.high_from THEN 'high'
            WHEN s.amount >= b.middle_from THEN 'middle'
            ELSE 'volume' END AS segment
FROM (SELECT period_id, customer_id, 'closing' AS day, closing AS amount, closing_blocked AS blocked
      FROM states
      WHERE is_active = 1
      UNION ALL
      SELECT period_id, customer_id, 'opening', opening, opening_blocked
      FROM states
      WHERE was_active = 1 AND is_active = 0) AS s
JOIN value_bars AS b ON b.period_id = s.period_id AND b.day = s.day
