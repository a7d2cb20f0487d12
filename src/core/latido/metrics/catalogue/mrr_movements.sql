-- How the recurring monthly amount came from what it was on the day before the period to what it is on its last day.
-- Each customer is compared with itself and falls into one class: new, or returning; more, less, or nothing any more.
-- Opening plus movements is closing, exactly. What rates alone changed is a movement of its own, where they may.
WITH moved AS (
    SELECT period_id, customer_id, source, opening, revalued, closing, was_active, is_active, counts,
           LEAST(opening_blocked, closing_blocked) AS blocked,
           CASE WHEN was_active = 0 AND was_customer = 0 THEN 'new'
                WHEN was_active = 0 THEN 'reactivation'
                WHEN is_active = 0 THEN 'churn'
                WHEN closing > revalued THEN 'expansion'
                WHEN closing < revalued THEN 'contraction'
                ELSE 'unchanged' END AS movement
    FROM states
    WHERE was_active = 1 OR is_active = 1
)
SELECT period_id, customer_id, 'customers' AS entity, source, customer_id AS source_id,
       CAST(NULL AS VARCHAR) AS excluded, 'opening' AS class, opening AS value, blocked, counts
FROM moved
WHERE was_active = 1
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), 'fx', revalued - opening,
       blocked, counts
FROM moved
WHERE revalued <> opening
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), movement,
       ABS(closing - revalued), blocked, counts
FROM moved
WHERE movement <> 'unchanged'
UNION ALL
SELECT period_id, customer_id, 'customers', source, customer_id, CAST(NULL AS VARCHAR), 'closing', closing, blocked,
       counts
FROM moved
WHERE is_active = 1
UNION ALL
SELECT period_id, customer_id, entity, source, source_id, excluded, CAST(NULL AS VARCHAR), CAST(NULL AS DECIMAL(28,12)),
       CAST(NULL AS VARCHAR), counts
FROM left_out_contracts
