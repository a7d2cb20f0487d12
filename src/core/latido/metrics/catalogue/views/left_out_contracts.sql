-- Contracts that are left out of what recurs, in each period on which they would bear: in force on the day before it, or
-- on any of its days. `is_active` says whether they would be on its last day. Each stands for one, `counts`.
SELECT p.period_id, k.customer_id, k.entity, k.source, k.source_id, k.excluded,
       CASE WHEN k.until_on >= p.ends_on THEN 1 ELSE 0 END AS is_active, 1 AS counts
FROM (SELECT customer_id, entity, source, source_id, excluded, COALESCE(starts_on, DATE '0001-01-01') AS starts_on,
             CASE WHEN excluded = 'empty_interval' THEN DATE '9999-01-01' ELSE until_on END AS until_on
      FROM m_contracts
      WHERE excluded IS NOT NULL AND ($scope = '' OR source = $scope)) AS k
JOIN periods AS p ON k.starts_on < p.ends_on AND k.until_on > p.opening_on
