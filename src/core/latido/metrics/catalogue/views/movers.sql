-- The customers whose contracts change in a period, as `states` has them: a stretch begins in it, or ends. What an amount
-- lacks is 1 for a currency and 2 for a rate: the least of many numbers is found sooner than the least of many texts.
SELECT g.period_id, g.customer_id, g.source, COALESCE(g.opening, 0) AS opening, COALESCE(g.closing, 0) AS closing,
       CASE WHEN g.opening IS NULL THEN 0 ELSE 1 END AS was_active,
       CASE WHEN g.closing IS NULL THEN 0 ELSE 1 END AS is_active,
       CASE WHEN g.first_on < p.starts_on THEN 1 ELSE 0 END AS was_customer,
       CASE WHEN g.first_on >= p.starts_on AND g.first_on < p.ends_on THEN 1 ELSE 0 END AS acquired,
       CASE WHEN g.active_days < p.days + 1 THEN 1 ELSE 0 END AS interrupted, g.in_period,
       g.opening_lacks, g.closing_lacks
FROM (SELECT period_id, customer_id, MIN(source) AS source, MIN(first_on) AS first_on,
             SUM(CASE WHEN starts_on <= opening_on THEN amount END) AS opening,
             SUM(CASE WHEN until_on >= ends_on THEN amount END) AS closing,
             SUM(DATE_DIFF('day', GREATEST(starts_on, opening_on), LEAST(until_on, ends_on))) AS active_days,
             MAX(CASE WHEN until_on > period_starts_on THEN 1 ELSE 0 END) AS in_period,
             MIN(CASE WHEN starts_on <= opening_on THEN lacks END) AS opening_lacks,
             MIN(CASE WHEN until_on >= ends_on THEN lacks END) AS closing_lacks
      FROM (SELECT p.period_id, p.starts_on AS period_starts_on, p.opening_on, p.ends_on, s.customer_id, s.source,
                   s.starts_on, s.until_on, s.first_on, s.amount,
                   CASE s.blocked WHEN 'missing_currency' THEN 1 WHEN 'missing_fx_rate' THEN 2 END AS lacks
            FROM m_segments AS s
            JOIN period_days AS p ON p.day = s.starts_on AND s.starts_on >= p.starts_on AND s.starts_on < p.ends_on
            WHERE s.scope = $scope
            UNION ALL
            SELECT p.period_id, p.starts_on, p.opening_on, p.ends_on, s.customer_id, s.source, s.starts_on, s.until_on,
                   s.first_on, s.amount,
                   CASE s.blocked WHEN 'missing_currency' THEN 1 WHEN 'missing_fx_rate' THEN 2 END
            FROM m_segments AS s
            JOIN period_days AS p
              ON p.day = s.until_on AND s.until_on >= p.starts_on AND s.until_on < p.ends_on AND s.starts_on < p.starts_on
            WHERE s.scope = $scope) AS changing
      GROUP BY period_id, customer_id) AS g
JOIN periods AS p ON p.period_id = g.period_id
