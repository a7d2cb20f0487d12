-- What each customer pays, as a staircase: a row per stretch of days with the same contracts, none where there are none.
-- `scope` is '' over all sources, and the name of a source over its contracts alone. `first_on` is when the customer
-- began to pay at all, `source` the first of those that know its contracts. A contract that cannot be converted is
-- there, and `blocked` says so.
WITH scoped AS (
    SELECT '' AS scope, source, customer_id, starts_on, until_on, amount, blocked
    FROM m_contracts
    WHERE excluded IS NULL
    UNION ALL
    SELECT source, source, customer_id, starts_on, until_on, amount, blocked
    FROM m_contracts
    WHERE excluded IS NULL
), edges AS (
    SELECT scope, source, customer_id, starts_on AS day, 1 AS contracts, COALESCE(amount, 0) AS amount,
           CASE WHEN blocked = 'missing_currency' THEN 1 ELSE 0 END AS without_currency,
           CASE WHEN blocked = 'missing_fx_rate' THEN 1 ELSE 0 END AS without_rate
    FROM scoped
    UNION ALL
    SELECT scope, source, customer_id, until_on, -1, -COALESCE(amount, 0),
           CASE WHEN blocked = 'missing_currency' THEN -1 ELSE 0 END,
           CASE WHEN blocked = 'missing_fx_rate' THEN -1 ELSE 0 END
    FROM scoped
    WHERE until_on < DATE '9999-01-01'
), days AS (
    SELECT scope, customer_id, day, MIN(source) AS source, SUM(contracts) AS contracts, SUM(amount) AS amount,
           SUM(without_currency) AS without_currency, SUM(without_rate) AS without_rate
    FROM edges
    GROUP BY scope, customer_id, day
), stairs AS (
    SELECT scope, customer_id, day AS starts_on,
           COALESCE(LEAD(day) OVER same_customer, DATE '9999-01-01') AS until_on,
           SUM(contracts) OVER so_far AS contracts,
           SUM(amount) OVER so_far AS amount,
           SUM(without_currency) OVER so_far AS without_currency,
           SUM(without_rate) OVER so_far AS without_rate,
           MIN(day) OVER (PARTITION BY scope, customer_id) AS first_on,
           MIN(source) OVER (PARTITION BY scope, customer_id) AS source
    FROM days
    WINDOW same_customer AS (PARTITION BY scope, customer_id ORDER BY day NULLS LAST),
           so_far AS (PARTITION BY scope, customer_id ORDER BY day NULLS LAST
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT scope, source, customer_id, starts_on, until_on, first_on, CAST(contracts AS BIGINT) AS contracts,
       CAST(amount AS DECIMAL(28,12)) AS amount,
       CASE WHEN without_currency > 0 THEN 'missing_currency' WHEN without_rate > 0 THEN 'missing_fx_rate' END AS blocked
FROM stairs
WHERE contracts > 0
