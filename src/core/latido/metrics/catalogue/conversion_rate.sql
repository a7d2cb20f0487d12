-- Share of the visitors of the period who did what was wanted at least once. A visit without a visitor is a visitor of
-- its own; where only totals without visitors exist, nobody can tell how many there were. Variants: what was done per
-- visitor, and per visit.
SELECT p.period_id, MIN(v.customer_id) AS customer_id,
       CASE WHEN v.excluded IS NULL AND MIN(v.visitor_id) IS NOT NULL THEN 'visitors' ELSE 'web_sessions' END AS entity,
       v.source, COALESCE(CASE WHEN v.excluded IS NULL THEN v.visitor_id END, v.source_id) AS source_id, v.excluded,
       CASE WHEN $variant = 'actions_per_visitor' THEN SUM(v.conversions)
            WHEN SUM(v.conversions) >= 1 THEN 1 ELSE 0 END AS numerator,
       1 AS denominator,
       MAX(CASE WHEN v.visitor_id IS NULL THEN 'missing_field' END) AS blocked
FROM m_sessions AS v
JOIN period_days AS p
  ON p.day = CAST(v.started_at AS DATE) AND v.started_at >= p.starts_at AND v.started_at < p.ends_at
GROUP BY p.period_id, v.source, v.excluded,
         COALESCE(CASE WHEN v.excluded IS NULL THEN v.visitor_id END, v.source_id)
