-- As `customers_alike`, for totals: those of whom the same is known are one row.
SELECT period_id, CAST(NULL AS VARCHAR) AS customer_id, NULLIF($scope, '') AS source, is_detractor, nps, csat, ces,
       support, usage, COUNT(*) AS counts
FROM known_customers
GROUP BY period_id, is_detractor, nps, csat, ces, support, usage
