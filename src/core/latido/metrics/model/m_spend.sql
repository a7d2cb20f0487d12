-- Money spent on winning customers, converted at the rate of the day on which it was spent, spread over its days.
SELECT x.source, x.source_id, COALESCE(LOWER(TRIM(x.category)), 'unknown') AS category, x.channel,
       x.campaign_id AS campaign, x.spend_date AS starts_on, COALESCE(x.spend_end, x.spend_date + 1) AS until_on,
       TRY_CAST(x.amount * r.rate AS DECIMAL(28,12)) AS value,
       CASE WHEN NULLIF(TRIM(x.currency), '') IS NULL THEN 'missing_currency'
            WHEN r.rate IS NULL THEN 'missing_fx_rate'
            WHEN TRY_CAST(x.amount * r.rate AS DECIMAL(28,12)) IS NULL AND x.amount IS NOT NULL THEN 'unbounded' END
           AS blocked,
       CASE WHEN x.is_deleted THEN 'deleted'
            WHEN x.merged_into IS NOT NULL THEN 'merged'
            WHEN x.spend_date IS NULL THEN 'no_start'
            WHEN x.spend_end <= x.spend_date THEN 'empty_interval'
            WHEN x.amount IS NULL THEN 'no_amount' END AS excluded
FROM marketing_spend AS x
JOIN m_sources AS s ON s.source = x.source
LEFT JOIN m_rates AS r
       ON r.currency = UPPER(TRIM(x.currency)) AND r.starts_on <= x.spend_date AND r.until_on > x.spend_date
