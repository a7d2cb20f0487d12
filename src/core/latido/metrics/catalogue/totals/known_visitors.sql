-- As `known_visitors`, for totals: a row per period that counts them all, then the days of those who visited.
SELECT p.period_id, CAST(NULL AS VARCHAR) AS customer_id, MIN(s.source) AS source, 0 AS days, COUNT(*) AS counts
FROM stretches AS s
JOIN periods AS p ON s.starts_on < p.ends_on AND s.until_on >= p.ends_on AND s.seen_at < p.ends_at
GROUP BY p.period_id
UNION ALL
SELECT d.period_id, d.customer_id, s.source, d.days, 0
FROM visited_days AS d
JOIN periods AS p ON p.period_id = d.period_id
JOIN stretches AS s ON s.customer_id = d.customer_id AND s.starts_on < p.ends_on AND s.until_on >= p.ends_on
