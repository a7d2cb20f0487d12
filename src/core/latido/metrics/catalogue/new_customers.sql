-- Customers won in the period: by their first won deal with an amount, or their first contract, whichever came first.
SELECT p.period_id, a.customer_id, a.entity, a.source, a.source_id, CAST(NULL AS VARCHAR) AS excluded,
       d.pipeline, d.lead_source
FROM m_acquired AS a
JOIN period_days AS p ON p.day = a.acquired_on AND a.acquired_on >= p.starts_on AND a.acquired_on < p.ends_on
LEFT JOIN m_deals AS d ON a.entity = 'deals' AND d.source = a.source AND d.source_id = a.source_id
WHERE a.scope = $scope
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, pipeline, lead_source
FROM undated_wins
