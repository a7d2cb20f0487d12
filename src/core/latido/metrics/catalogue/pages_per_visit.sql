-- Pages seen per visit of the period, over the visits whose pages were counted.
SELECT p.period_id, v.customer_id, 'web_sessions' AS entity, v.source, v.source_id, v.excluded,
       v.pageviews AS numerator, v.weight AS denominator, v.traffic_source, v.traffic_medium
FROM m_sessions AS v
JOIN period_days AS p
  ON p.day = CAST(v.started_at AS DATE) AND v.started_at >= p.starts_at AND v.started_at < p.ends_at
WHERE v.pageviews IS NOT NULL
