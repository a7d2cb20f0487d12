-- What recurs: the contracts, and the won deals with a recurring amount that no contract names. Intervals are half-open,
-- an end of 9999 is none. What supersedes another ends it where it begins itself; a deal also ends the contracts of the
-- deal that it supersedes. Who names a row that another source knows better means the one that stays. The monthly amount
-- is converted, once and for all, at the rate of the day on which it was booked.
WITH live AS (
    SELECT k.source, k.source_id, k.account_id, k.deal_id, k.product, k.recurring_monthly_amount,
           UPPER(NULLIF(TRIM(k.currency), '')) AS currency, k.starts_on, k.ends_on, k.booked_on, k.supersedes,
           COALESCE(y.kept_source, k.source) AS deal_source, COALESCE(y.kept_id, k.deal_id) AS deal_key,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN k.is_deleted THEN 'deleted'
                WHEN k.merged_into IS NOT NULL THEN 'merged' END AS excluded
    FROM contracts AS k
    JOIN m_sources AS s ON s.source = k.source
    LEFT JOIN m_duplicates AS x ON x.entity = 'contracts' AND x.source = k.source AND x.source_id = k.source_id
    LEFT JOIN m_duplicates AS y ON y.entity = 'deals' AND y.source = k.source AND y.source_id = k.deal_id
), named AS (
    SELECT DISTINCT deal_source, deal_key FROM live WHERE excluded IS NULL AND deal_key IS NOT NULL
), terms AS (
    SELECT 'contracts' AS entity, l.source, l.source_id, l.deal_id, l.deal_source, l.deal_key, l.supersedes, l.product,
           d.owner, d.team, d.pipeline,
           COALESCE(a.customer_id, d.customer_id, l.source || ':contract:' || l.source_id) AS customer_id,
           l.recurring_monthly_amount AS monthly, l.currency, COALESCE(l.starts_on, l.booked_on) AS starts_on, l.ends_on,
           COALESCE(l.booked_on, l.starts_on) AS booked_on,
           COALESCE(l.excluded, CASE WHEN m.customer_id IS NOT NULL THEN 'test_account' END) AS excluded
    FROM live AS l
    LEFT JOIN m_account_customers AS a ON a.source = l.source AND a.source_id = l.account_id
    LEFT JOIN m_deals AS d ON d.source = l.source AND d.source_id = l.deal_id
    LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m
           ON m.customer_id = COALESCE(a.customer_id, d.customer_id)
    UNION ALL
    SELECT 'deals', d.source, d.source_id, d.source_id, d.source, d.source_id, d.supersedes, CAST(NULL AS VARCHAR),
           d.owner, d.team, d.pipeline, d.customer_id, d.recurring_monthly_amount, d.currency,
           COALESCE(d.contract_start, d.closed_on), d.contract_end, COALESCE(d.closed_on, d.contract_start), d.excluded
    FROM m_deals AS d
    LEFT JOIN named AS n ON n.deal_source = d.source AND n.deal_key = d.source_id
    WHERE d.status = 'won' AND n.deal_key IS NULL
), successors AS (
    SELECT 'contracts' AS entity, source, supersedes AS source_id, starts_on
    FROM terms
    WHERE entity = 'contracts' AND supersedes IS NOT NULL AND excluded IS NULL
    UNION ALL
    SELECT 'deals', d.source, d.supersedes, t.starts_on
    FROM m_deals AS d
    JOIN terms AS t ON t.deal_source = d.source AND t.deal_key = d.source_id AND t.excluded IS NULL
    WHERE d.supersedes IS NOT NULL AND d.status = 'won' AND d.excluded IS NULL
), ended AS (
    SELECT u.entity, COALESCE(x.kept_source, u.source) AS source, COALESCE(x.kept_id, u.source_id) AS source_id,
           MIN(u.starts_on) AS starts_on
    FROM successors AS u
    LEFT JOIN m_duplicates AS x ON x.entity = u.entity AND x.source = u.source AND x.source_id = u.source_id
    GROUP BY u.entity, COALESCE(x.kept_source, u.source), COALESCE(x.kept_id, u.source_id)
), bounded AS (
    SELECT t.entity, t.source, t.source_id, t.customer_id, t.deal_id, t.product, t.owner, t.team, t.pipeline, t.monthly,
           t.currency, t.starts_on, t.booked_on, t.excluded,
           COALESCE(LEAST(t.ends_on, k.starts_on, d.starts_on), DATE '9999-01-01') AS until_on
    FROM terms AS t
    LEFT JOIN ended AS k
           ON k.entity = 'contracts' AND t.entity = 'contracts' AND k.source = t.source AND k.source_id = t.source_id
    LEFT JOIN ended AS d ON d.entity = 'deals' AND d.source = t.deal_source AND d.source_id = t.deal_key
    WHERE t.monthly <> 0
)
SELECT b.entity, b.source, b.source_id, b.customer_id, b.deal_id, b.product, b.owner, b.team, b.pipeline, b.monthly,
       b.currency, b.starts_on, b.until_on, b.booked_on,
       TRY_CAST(b.monthly * r.rate AS DECIMAL(28,12)) AS amount,
       CASE WHEN b.currency IS NULL THEN 'missing_currency' WHEN r.rate IS NULL THEN 'missing_fx_rate' END AS blocked,
       COALESCE(b.excluded, CASE WHEN b.monthly < 0 THEN 'negative_amount'
                                 WHEN b.starts_on IS NULL THEN 'no_start'
                                 WHEN b.until_on <= b.starts_on THEN 'empty_interval'
                                 WHEN TRY_CAST(b.monthly * r.rate AS DECIMAL(28,12)) IS NULL AND r.rate IS NOT NULL
                                      THEN 'out_of_range' END) AS excluded
FROM bounded AS b
LEFT JOIN m_rates AS r ON r.currency = b.currency AND r.starts_on <= b.booked_on AND r.until_on > b.booked_on
