-- Share of the visits of the period that came directly: their source is (direct), their medium (none) or (not set). A
-- visit whose source is unknown counts, and is not direct.
SELECT period_id, customer_id, entity, source, source_id, excluded,
       CASE WHEN traffic_source = '(direct)' AND traffic_medium IN ('(none)', '(not set)') THEN weight ELSE 0 END
           AS numerator,
       weight AS denominator
FROM site_visits
