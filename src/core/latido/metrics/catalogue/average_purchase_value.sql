-- What a purchase of the period was worth, on average.
SELECT p.period_id, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.excluded, d.value AS numerator,
       CAST(1 AS BIGINT) AS denominator, d.blocked
FROM purchases AS d
JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
