-- The customers whose contracts change in a period, as `states` has them: a stretch begins in it, or ends.
SELECT period_id, customer_id, MIN(source) AS source,
       SUM(CASE WHEN starts_on <= opening_on THEN amount ELSE 0 END) AS opening,
       SUM(CASE WHEN until_on >= ends_on THEN amount ELSE 0 END) AS closing,
       MAX(CASE WHEN starts_on <= opening_on THEN 1 ELSE 0 END) AS was_active,
       MAX(CASE WHEN until_on >= ends_on THEN 1 ELSE 0 END) AS is_active,
       SUM(DATE_DIFF('day', GREATEST(starts_on, opening_on), LEAST(until_on, ends_on))) AS active_days,
       MAX(days) + 1 AS span, MAX(CASE WHEN first_on <= opening_on THEN 1 ELSE 0 END) AS was_customer,
       MAX(CASE WHEN first_on > opening_on AND first_on < ends_on THEN 1 ELSE 0 END) AS is_first,
       MIN(CASE WHEN starts_on <= opening_on THEN blocked END) AS opening_blocked,
       MIN(CASE WHEN until_on >= ends_on THEN blocked END) AS closing_blocked
FROM (SELECT p.period_id, p.opening_on, p.ends_on, p.days, s.customer_id, s.source, s.starts_on, s.until_on, s.first_on,
             s.amount, s.blocked
      FROM m_segments AS s
      JOIN period_days AS p ON p.day = s.starts_on AND s.starts_on >= p.starts_on AND s.starts_on < p.ends_on
      WHERE s.scope = $scope
      UNION ALL
      SELECT p.period_id, p.opening_on, p.ends_on, p.days, s.customer_id, s.source, s.starts_on, s.until_on, s.first_on,
             s.amount, s.blocked
      FROM m_segments AS s
      JOIN period_days AS p
        ON p.day = s.until_on AND s.until_on >= p.starts_on AND s.until_on < p.ends_on AND s.starts_on < p.starts_on
      WHERE s.scope = $scope) AS changing
GROUP BY period_id, customer_id
