-- The visits of each period. Those of which nobody knows when they began may belong to any: they are shown in each, and
-- left out of it.
SELECT p.period_id, v.customer_id, 'web_sessions' AS entity, v.source, v.source_id, v.visitor_id, v.started_at,
       v.conversions, v.pageviews, v.weight, v.traffic_source, v.traffic_medium, v.excluded
FROM m_sessions AS v
JOIN period_days AS p
  ON p.day = CAST(v.started_at AS DATE) AND v.started_at >= p.starts_at AND v.started_at < p.ends_at
UNION ALL
SELECT p.period_id, v.customer_id, 'web_sessions', v.source, v.source_id, v.visitor_id, v.started_at, v.conversions,
       v.pageviews, v.weight, v.traffic_source, v.traffic_medium, COALESCE(v.excluded, 'no_start')
FROM m_sessions AS v
CROSS JOIN periods AS p
WHERE v.started_at IS NULL
