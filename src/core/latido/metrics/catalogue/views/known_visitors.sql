-- The customers active on the last day of a period who were ever seen on the site, with the number of days on which they
-- visited, of the 30 before its end. `counts` is how many customers a row stands for: one.
SELECT p.period_id, s.customer_id, s.source, COALESCE(d.days, 0) AS days, 1 AS counts
FROM stretches AS s
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.ends_on AND s.seen_at < p.ends_at
LEFT JOIN visited_days AS d ON d.period_id = p.period_id AND d.customer_id = s.customer_id
