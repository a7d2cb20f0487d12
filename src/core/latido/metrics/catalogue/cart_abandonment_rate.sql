-- Share of the carts filled in the period that were not paid for within 24 hours, to the second, wherever the period
-- ends. Carts younger than that when the sources were last read are left out, visibly, and so are those paid for before
-- they were created.
SELECT p.period_id, k.customer_id, 'carts' AS entity, k.source, k.source_id,
       COALESCE(k.excluded, CASE
           WHEN k.completed_at < k.created_at THEN 'negative_duration'
           WHEN DATE_DIFF('microsecond', k.created_at, CAST($as_of AS TIMESTAMP)) < $window_hours * 3600000000
                THEN 'not_mature' END) AS excluded,
       CASE WHEN DATE_DIFF('microsecond', k.created_at, k.completed_at) <= $window_hours * 3600000000 THEN 0 ELSE 1 END
           AS numerator
FROM m_carts AS k
JOIN period_days AS p
  ON p.day = CAST(k.created_at AS DATE) AND k.created_at >= p.starts_at AND k.created_at < p.ends_at
UNION ALL
SELECT p.period_id, k.customer_id, 'carts', k.source, k.source_id, COALESCE(k.excluded, 'no_created_at'),
       CAST(NULL AS BIGINT)
FROM m_carts AS k
CROSS JOIN periods AS p
WHERE k.created_at IS NULL
