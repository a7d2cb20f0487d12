-- How often what was wanted was done in the visits of the period, per visit.
SELECT period_id, customer_id, entity, source, source_id, excluded, conversions AS numerator, weight AS denominator,
       CAST(NULL AS VARCHAR) AS blocked, traffic_source, traffic_medium
FROM site_visits
