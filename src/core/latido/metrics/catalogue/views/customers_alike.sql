-- What is known of each customer active on the last day of a period. `counts` is how many customers a row stands for: one.
SELECT period_id, customer_id, source, is_detractor, nps, csat, ces, support, usage, 1 AS counts
FROM known_customers
