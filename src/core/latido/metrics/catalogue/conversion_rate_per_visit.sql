-- How often what was wanted was done in the visits of the period, per visit.
SELECT p.period_id, v.customer_id, 'web_sessions' AS entity, v.source, v.source_id, v.excluded,
       v.conversions AS numerator, v.weight AS denominator, CAST(NULL AS VARCHAR) AS blocked,
       v.traffic_source, v.traffic_medium
FROM m_sessions AS v
JOIN period_days AS p
  ON p.day = CAST(v.started_at AS DATE) AND v.started_at >= p.starts_at AND v.started_at < p.ends_at
