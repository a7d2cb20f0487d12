-- The customers active on the last day of the period by what they pay per month: `high` are those whom fewer than a fifth
-- of all pay more than, `middle` fewer than half, the rest is `volume`. Those who pay the same are in the same one.
SELECT s.period_id, s.customer_id, 'customers' AS entity, s.source, s.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, s.closing AS value, s.closing_blocked AS blocked,
       CASE WHEN s.closing >= b.high_from THEN 'high' WHEN s.closing >= b.middle_from THEN 'middle' ELSE 'volume' END
           AS class
FROM states AS s
JOIN value_bars AS b ON b.period_id = s.period_id AND b.day = 'closing'
WHERE s.is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS DECIMAL(28,12)), CAST(NULL AS VARCHAR),
       CAST(NULL AS VARCHAR)
FROM left_out_contracts
WHERE is_active = 1
