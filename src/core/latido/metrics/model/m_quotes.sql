-- Exchange rates as they were quoted: 1 currency = rate base. A rate that is not above 0 is none. `place` says whose
-- rates go first: those that people wrote down themselves, then the source that the settings name, then a public table.
SELECT place, currency, base, rate_date, rate, provider
FROM (SELECT o.place, UPPER(TRIM(r.currency)) AS currency, COALESCE(UPPER(TRIM(r.base)), $currency) AS base,
             r.rate_date, r.rate, COALESCE(r.provider, r.source) AS provider,
             ROW_NUMBER() OVER (PARTITION BY o.place, UPPER(TRIM(r.currency)), UPPER(TRIM(r.base)), r.rate_date
                                ORDER BY r.updated_at DESC NULLS LAST, r.source, r.source_id) AS turn
      FROM fx_rates AS r
      JOIN (SELECT UNNEST(CAST($rate_sources AS VARCHAR[])) AS source,
                   UNNEST(CAST($rate_places AS BIGINT[])) AS place) AS o ON o.source = r.source
      WHERE r.rate > 0 AND r.currency IS NOT NULL AND r.rate_date IS NOT NULL
        AND COALESCE(r.is_deleted, false) = false AND r.merged_into IS NULL) AS ranked
WHERE turn = 1
UNION ALL
SELECT 3, UNNEST(CAST($ecb_currency AS VARCHAR[])), UNNEST(CAST($ecb_base AS VARCHAR[])),
       UNNEST(CAST($ecb_date AS DATE[])), UNNEST(CAST($ecb_rate AS DECIMAL(20,12)[])), 'ECB'
