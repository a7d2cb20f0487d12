-- Share of the 30 days before the end of the period on which a customer visited, on average over the customers active on
-- its last day. Customers who were never seen do not enter.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id, CAST(NULL AS VARCHAR) AS excluded,
       days AS numerator, 30 * counts AS denominator, counts
FROM known_visitors
