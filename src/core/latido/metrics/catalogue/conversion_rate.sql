-- Share of the visitors of the period who did what was wanted at least once. A visit without a visitor is a visitor of
-- its own; where only totals without visitors exist, nobody can tell how many there were. Variants: what was done per
-- visitor, and per visit.
WITH visits AS (
    SELECT period_id, customer_id, source, source_id, visitor_id, excluded, conversions, traffic_source, traffic_medium,
           COALESCE(CASE WHEN excluded IS NULL THEN visitor_id END, source_id) AS visitor,
           ROW_NUMBER() OVER (
               PARTITION BY period_id, source, excluded,
                            COALESCE(CASE WHEN excluded IS NULL THEN visitor_id END, source_id)
               ORDER BY started_at NULLS LAST, source_id NULLS LAST) AS turn
    FROM site_visits
)
SELECT period_id, MIN(customer_id) AS customer_id,
       CASE WHEN excluded IS NULL AND MIN(visitor_id) IS NOT NULL THEN 'visitors' ELSE 'web_sessions' END AS entity,
       source, visitor AS source_id, excluded,
       CASE WHEN $variant = 'actions_per_visitor' THEN SUM(conversions)
            WHEN SUM(conversions) >= 1 THEN 1 ELSE 0 END AS numerator,
       1 AS denominator,
       MAX(CASE WHEN visitor_id IS NULL THEN 'missing_field' END) AS blocked,
       -- A visitor comes from where the first visit of the period came from.
       MIN(CASE WHEN turn = 1 THEN traffic_source END) AS traffic_source,
       MIN(CASE WHEN turn = 1 THEN traffic_medium END) AS traffic_medium
FROM visits
GROUP BY period_id, source, excluded, visitor
