-- As `present`, for totals: those under contract, most of them in one row, then those who bought without one.
SELECT period_id, customer_id, source, in_period AS counts
FROM states
WHERE in_period > 0
UNION ALL
SELECT p.period_id, d.customer_id, MIN(d.source), 1
FROM purchases AS d
JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
WHERE d.excluded IS NULL
      AND NOT EXISTS (SELECT 1 FROM m_segments AS s
                      WHERE s.scope = $scope AND s.customer_id = d.customer_id AND s.starts_on < p.ends_on
                            AND s.until_on > p.starts_on)
GROUP BY p.period_id, d.customer_id
