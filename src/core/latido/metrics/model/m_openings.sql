-- When each desk is open, in UTC: a row holds from `opens_at` up to `until_at`, where the next one begins, and the desk
-- was open for `open_before` microseconds before it.
SELECT UNNEST(CAST($schedule AS VARCHAR[])) AS schedule,
       MAKE_TIMESTAMP(UNNEST(CAST($opens AS BIGINT[]))) AS opens_at,
       MAKE_TIMESTAMP(UNNEST(CAST($closes AS BIGINT[]))) AS closes_at,
       MAKE_TIMESTAMP(UNNEST(CAST($until AS BIGINT[]))) AS until_at,
       UNNEST(CAST($before AS BIGINT[])) AS open_before
