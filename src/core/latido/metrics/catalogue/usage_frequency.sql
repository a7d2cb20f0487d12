-- Share of the 30 days before the end of the period on which a customer visited, on average over the customers active on
-- its last day. Customers who were never seen do not enter.
SELECT v.period_id, v.customer_id, 'customers' AS entity, s.source, v.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, v.days AS numerator, 30 AS denominator
FROM visited_days AS v
JOIN states AS s ON s.period_id = v.period_id AND s.customer_id = v.customer_id
WHERE s.is_active = 1
