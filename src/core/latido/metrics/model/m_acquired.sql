-- When each customer was won: by its first won deal with an amount, or its first contract, whichever came first.
-- `scope` is '' over all sources, and the name of a source by what that one knows alone.
WITH wins AS (
    SELECT source, customer_id, COALESCE(closed_on, contract_start) AS won_on, 'deals' AS entity, source_id
    FROM m_deals
    WHERE status = 'won' AND amount > 0 AND excluded IS NULL
    UNION ALL
    SELECT source, customer_id, booked_on, entity, source_id
    FROM m_contracts
    WHERE excluded IS NULL
), scoped AS (
    SELECT '' AS scope, source, customer_id, won_on, entity, source_id FROM wins
    UNION ALL
    SELECT source, source, customer_id, won_on, entity, source_id FROM wins
)
SELECT scope, customer_id, won_on AS acquired_on, entity, source, source_id
FROM (SELECT scope, customer_id, won_on, entity, source, source_id,
             ROW_NUMBER() OVER (PARTITION BY scope, customer_id
                                ORDER BY won_on NULLS LAST, entity, source, source_id) AS turn
      FROM scoped) AS ranked
WHERE turn = 1 AND won_on IS NOT NULL
