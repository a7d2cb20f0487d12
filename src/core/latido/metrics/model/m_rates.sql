-- What 1 unit of each currency is worth in the reporting currency, from `starts_on` up to `until_on`, where the next
-- rate begins. A currency has its rates from one place only. What is quoted the other way round is turned, what is
-- quoted in a third currency is crossed on the same date. What comes out too great to be written down is no rate.
WITH ways AS (
    SELECT place, currency AS one, base AS other, rate_date, rate, provider, 1 AS turned
    FROM m_quotes
    UNION ALL
    SELECT place, base, currency, rate_date, TRY_CAST(CAST(1 AS DOUBLE) / CAST(rate AS DOUBLE) AS DECIMAL(20,12)),
           provider, 2
    FROM m_quotes
), found AS (
    SELECT place, one AS currency, rate_date, rate, provider, turned
    FROM ways
    WHERE other = $currency AND one <> $currency
    UNION ALL
    SELECT f.place, f.one, f.rate_date,
           TRY_CAST(CAST(f.rate AS DOUBLE) * CAST(t.rate AS DOUBLE) AS DECIMAL(20,12)), f.provider, 3
    FROM ways AS f
    JOIN ways AS t ON t.place = f.place AND t.one = f.other AND t.rate_date = f.rate_date
    WHERE t.other = $currency AND f.one <> $currency AND f.other <> $currency
), chosen AS (
    SELECT place, currency, rate_date, rate, provider,
           ROW_NUMBER() OVER (PARTITION BY place, currency, rate_date ORDER BY turned, rate, provider) AS turn,
           MIN(place) OVER (PARTITION BY currency) AS first_place
    FROM found
    WHERE rate > 0
)
SELECT currency, rate, provider, rate_date AS starts_on,
       COALESCE(LEAD(rate_date) OVER (PARTITION BY currency ORDER BY rate_date), DATE '9999-01-01') AS until_on
FROM chosen
WHERE turn = 1 AND place = first_place
UNION ALL
SELECT $currency, CAST(1 AS DECIMAL(20,12)), CAST(NULL AS VARCHAR), DATE '0001-01-01', DATE '9999-01-01'
