-- How long customers stay, on average, in years of 365.25 days: from the first purchase to the end of the last contract,
-- or of the period where that comes first or there is no contract. Customers who are still there are cut short at the
-- end of the period, so it is a lower bound; `share_alive` says how many they are.
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id, CAST(NULL AS VARCHAR) AS excluded,
       days AS numerator, CAST(365.25 * counts AS DECIMAL(28,12)) AS denominator, alive AS value, counts
FROM lives
