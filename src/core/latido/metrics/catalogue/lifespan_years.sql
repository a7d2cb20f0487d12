-- How long customers stay, on average, in years of 365.25 days: from the first purchase to the end of the last contract,
-- or of the period where that comes first or there is no contract. Customers who are still there are cut short at the
-- end of the period, so it is a lower bound; `share_alive` says how many they are.
SELECT p.period_id, f.customer_id, 'customers' AS entity, f.source, f.customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded,
       GREATEST(DATE_DIFF('day', f.first_on, LEAST(f.until_on, p.ends_on)), 0) AS numerator,
       CAST(365.25 AS DECIMAL(28,12)) AS denominator,
       CASE WHEN f.until_on >= p.ends_on THEN 1 ELSE 0 END AS value
FROM lifespans AS f
JOIN periods AS p ON f.first_on < p.ends_on
