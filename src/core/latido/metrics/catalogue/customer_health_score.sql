-- How well customers are, from 0 to 100, on average over those active on the last day of the period. A customer's score
-- weighs what is known of it: the mean place of the last answers about recommending of the last 365 days, the shares of
-- satisfied answers and of those that found it easy of the last 90, 100 less 25 for each unsolved ticket, and the share
-- of the last 30 days with a visit. What is not known does not count as bad: its weight goes to the rest, and a customer
-- of whom less than half is known has no score. Weights, deduction and bar stand in the settings.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CASE WHEN score IS NULL THEN 'insufficient_coverage' END AS excluded,
       score * counts AS value, nps, csat, ces, support, usage, coverage, counts
FROM customer_health
