-- Customers active on the last day of the period who are likely to leave: somebody there last answered as a detractor in
-- the last 365 days, or the health score is below 50. Customers without a score are shown, and are no risk for that.
WITH detracting AS (
    SELECT DISTINCT period_id, customer_id FROM last_nps WHERE is_detractor = 1
)
SELECT h.period_id, h.customer_id, 'customers' AS entity, h.source, h.customer_id AS source_id,
       CASE WHEN d.customer_id IS NULL AND h.score IS NULL THEN 'insufficient_coverage' END AS excluded,
       CASE WHEN d.customer_id IS NULL AND h.score IS NULL THEN CAST(NULL AS VARCHAR)
            WHEN d.customer_id IS NULL THEN 'unwell'
            WHEN h.score < CAST($health_at_risk AS DECIMAL(18,12)) THEN 'both'
            ELSE 'detractor' END AS class,
       h.score AS value, h.nps, h.csat, h.ces, h.support, h.usage, h.coverage
FROM customer_health AS h
LEFT JOIN detracting AS d ON d.period_id = h.period_id AND d.customer_id = h.customer_id
WHERE d.customer_id IS NOT NULL OR h.score IS NULL OR h.score < CAST($health_at_risk AS DECIMAL(18,12))
