-- What a customer has bought so far, on average: everything bought before the end of the period, by the customers who
-- bought it.
SELECT p.period_id, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.excluded, d.value AS numerator,
       d.customers AS denominator, d.blocked
FROM (SELECT source, source_id, customer_id, closed_on, value, blocked, excluded,
             CASE WHEN ROW_NUMBER() OVER (PARTITION BY customer_id, CASE WHEN excluded IS NULL THEN 0 ELSE 1 END
                                          ORDER BY closed_on NULLS LAST, source NULLS LAST, source_id NULLS LAST) = 1
                  THEN 1 ELSE 0 END AS customers
      FROM purchases
      WHERE closed_on IS NOT NULL) AS d
JOIN periods AS p ON d.closed_on < p.ends_on
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, value, CAST(NULL AS BIGINT), blocked
FROM undated_purchases
