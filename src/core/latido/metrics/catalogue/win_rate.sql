-- Share of the deals closed in the period that were won; what was won or lost is what the source says it is.
SELECT p.period_id, d.customer_id, 'deals' AS entity, d.source, d.source_id, d.excluded,
       CASE WHEN d.status = 'won' THEN 1 ELSE 0 END AS numerator,
       d.owner, d.team, d.pipeline, d.deal_class, d.lead_source
FROM m_deals AS d
JOIN period_days AS p ON p.day = d.closed_on AND d.closed_on >= p.starts_on AND d.closed_on < p.ends_on
WHERE d.status IN ('won', 'lost')
UNION ALL
SELECT p.period_id, d.customer_id, 'deals', d.source, d.source_id, COALESCE(d.excluded, 'no_closed_at'),
       CAST(NULL AS BIGINT), d.owner, d.team, d.pipeline, d.deal_class, d.lead_source
FROM m_deals AS d
CROSS JOIN periods AS p
WHERE d.status IN ('won', 'lost') AND d.closed_on IS NULL
