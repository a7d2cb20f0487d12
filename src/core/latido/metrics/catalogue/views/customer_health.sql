-- The health of each customer active on the last day of a period. `nps`, `csat`, `ces`, `support` and `usage` are the
-- points that each part adds to the score, none where nothing is known of it; `coverage` is the weight of what is
-- known; `is_detractor` says that somebody there is one. `counts` is how many customers a row stands for.
WITH weighed AS (
    SELECT period_id, customer_id, source, is_detractor, nps, csat, ces, support, usage, counts,
           CASE WHEN nps IS NULL THEN 0 ELSE CAST($health_nps AS DOUBLE) END
           + CASE WHEN csat IS NULL THEN 0 ELSE CAST($health_csat AS DOUBLE) END
           + CASE WHEN ces IS NULL THEN 0 ELSE CAST($health_ces AS DOUBLE) END
           + CASE WHEN support IS NULL THEN 0 ELSE CAST($health_support AS DOUBLE) END
           + CASE WHEN usage IS NULL THEN 0 ELSE CAST($health_usage AS DOUBLE) END AS coverage
    FROM customers_alike
), added AS (
    -- Nine digits of a part are the same whichever engine made them out of a DOUBLE; the last ones are not.
    SELECT period_id, customer_id, source, is_detractor, counts, CAST(coverage AS DECIMAL(18,12)) AS coverage,
           CAST(nps * CAST($health_nps AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS nps,
           CAST(csat * CAST($health_csat AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS csat,
           CAST(ces * CAST($health_ces AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS ces,
           CAST(support * CAST($health_support AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS support,
           CAST(usage * CAST($health_usage AS DOUBLE) / NULLIF(coverage, 0) AS DECIMAL(18,9)) AS usage
    FROM weighed
)
SELECT period_id, customer_id, source, is_detractor, counts, coverage, nps, csat, ces, support, usage,
       CASE WHEN coverage > 0 AND coverage >= CAST($health_coverage AS DECIMAL(18,12))
            THEN CAST(COALESCE(nps, 0) + COALESCE(csat, 0) + COALESCE(ces, 0) + COALESCE(support, 0)
                      + COALESCE(usage, 0) AS DECIMAL(18,9)) END AS score
FROM added
