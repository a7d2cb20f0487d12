-- Pages seen per visit of the period, over the visits whose pages were counted.
SELECT period_id, customer_id, entity, source, source_id, excluded, pageviews AS numerator, weight AS denominator,
       traffic_source, traffic_medium
FROM site_visits
WHERE pageviews IS NOT NULL
