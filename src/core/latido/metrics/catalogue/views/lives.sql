-- For how many days each customer who ever bought has been one, by the end of a period, and whether it still is one.
-- `counts` is how many customers a row stands for: one.
SELECT p.period_id, f.customer_id, f.source,
       GREATEST(DATE_DIFF('day', f.first_on, LEAST(f.until_on, p.ends_on)), 0) AS days,
       CASE WHEN f.until_on >= p.ends_on THEN 1 ELSE 0 END AS alive, 1 AS counts
FROM lifespans AS f
JOIN periods AS p ON f.first_on < p.ends_on
