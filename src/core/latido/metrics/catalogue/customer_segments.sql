-- The customers active on the last day of the period by what they pay per month: `high` are those whom fewer than a fifth
-- of all pay more than, `middle` fewer than half, the rest is `volume`. Those who pay the same are in the same one.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, closing AS value, closing_blocked AS blocked,
       CASE WHEN paying_more < customers * CAST($high_share AS DECIMAL(18,12)) THEN 'high'
            WHEN paying_more < customers * CAST($high_or_middle_share AS DECIMAL(18,12)) THEN 'middle'
            ELSE 'volume' END AS class
FROM (SELECT period_id, customer_id, source, closing, closing_blocked,
             RANK() OVER (PARTITION BY period_id ORDER BY closing DESC NULLS LAST) - 1 AS paying_more,
             COUNT(*) OVER (PARTITION BY period_id) AS customers
      FROM states
      WHERE is_active = 1) AS ranked
