-- Share of the visits of the period that came directly: their source is (direct), their medium (none) or (not set). A
-- visit whose source is unknown counts, and is not direct.
SELECT p.period_id, v.customer_id, 'web_sessions' AS entity, v.source, v.source_id, v.excluded,
       CASE WHEN v.traffic_source = '(direct)' AND v.traffic_medium IN ('(none)', '(not set)') THEN v.weight ELSE 0 END
           AS numerator,
       v.weight AS denominator
FROM m_sessions AS v
JOIN period_days AS p
  ON p.day = CAST(v.started_at AS DATE) AND v.started_at >= p.starts_at AND v.started_at < p.ends_at
