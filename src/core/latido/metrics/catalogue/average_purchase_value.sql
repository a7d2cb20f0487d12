-- What a purchase of the period was worth, on average.
SELECT period_id, customer_id, entity, source, source_id, excluded, value AS numerator, CAST(1 AS BIGINT) AS denominator,
       blocked
FROM sold_deals
