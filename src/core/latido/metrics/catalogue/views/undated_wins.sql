-- Won deals with an amount of which nobody knows when they closed, nor when a contract began, and contracts without a
-- start: each may have won a customer in any period, and is left out of all.
SELECT p.period_id, w.customer_id, w.entity, w.source, w.source_id, w.excluded, w.pipeline, w.lead_source
FROM (SELECT customer_id, 'deals' AS entity, source, source_id, 'no_closed_at' AS excluded, pipeline, lead_source
      FROM m_deals
      WHERE status = 'won' AND amount > 0 AND excluded IS NULL AND closed_on IS NULL AND contract_start IS NULL
      UNION ALL
      SELECT customer_id, entity, source, source_id, excluded, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
      FROM m_contracts
      WHERE excluded = 'no_start' AND entity = 'contracts') AS w
CROSS JOIN periods AS p
WHERE $scope = '' OR w.source = $scope
