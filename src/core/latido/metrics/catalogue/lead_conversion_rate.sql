-- Share of the accounts created in the period that have become customers since, up to when the sources were read. An
-- account that several sources know was created where it was first.
WITH leads AS (
    SELECT customer_id, source, source_id, created_at, excluded,
           ROW_NUMBER() OVER (PARTITION BY customer_id
                              ORDER BY CASE WHEN excluded IS NULL THEN 0 ELSE 1 END NULLS LAST, created_at NULLS LAST,
                                       source NULLS LAST, source_id NULLS LAST) AS turn
    FROM m_accounts
    WHERE $scope = '' OR source = $scope
)
SELECT p.period_id, l.customer_id, 'accounts' AS entity, l.source, l.source_id, l.excluded,
       CASE WHEN a.acquired_on <= CAST($as_of_day AS DATE) THEN 1 ELSE 0 END AS numerator
FROM leads AS l
JOIN period_days AS p
  ON p.day = CAST(l.created_at AS DATE) AND l.created_at >= p.starts_at AND l.created_at < p.ends_at
LEFT JOIN m_acquired AS a ON a.scope = $scope AND a.customer_id = l.customer_id
WHERE l.turn = 1
UNION ALL
SELECT p.period_id, l.customer_id, 'accounts', l.source, l.source_id, COALESCE(l.excluded, 'no_created_at'),
       CAST(NULL AS BIGINT)
FROM leads AS l
CROSS JOIN periods AS p
WHERE l.turn = 1 AND l.created_at IS NULL
