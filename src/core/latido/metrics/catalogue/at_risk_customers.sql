-- Customers active on the last day of the period who are likely to leave: somebody there last answered as a detractor in
-- the last 365 days, or the health score is below 50. Customers without a score are shown, and are no risk for that.
-- The last digits of a score come from its rounded parts, and decide nothing.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CASE WHEN is_detractor = 0 AND score IS NULL THEN 'insufficient_coverage' END AS excluded,
       CASE WHEN is_detractor = 0 AND score IS NULL THEN CAST(NULL AS VARCHAR)
            WHEN is_detractor = 0 THEN 'unwell'
            WHEN CAST(score AS DECIMAL(18,6)) < CAST($health_at_risk AS DECIMAL(18,12)) THEN 'both'
            ELSE 'detractor' END AS class,
       score * counts AS value, nps, csat, ces, support, usage, coverage, counts
FROM customer_health
WHERE is_detractor = 1 OR score IS NULL OR CAST(score AS DECIMAL(18,6)) < CAST($health_at_risk AS DECIMAL(18,12))
