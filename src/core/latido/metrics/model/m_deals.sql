-- Deals as KPIs read them: the customer found, in `excluded` why a deal does not count. A deal whose customer cannot be
-- found is its own, so that totals agree with the source. It closed when its history says that it reached its status
-- for the last time, where its own date, which may still be a plan, lies after that.
WITH reached AS (
    SELECT h.source, h.deal_id, h.status,
           CAST(MAX(h.entered_at) AT TIME ZONE $zone AS DATE) AS reached_on
    FROM deal_stages AS h
    JOIN m_sources AS s ON s.source = h.source
    WHERE h.status IN ('won', 'lost') AND COALESCE(h.is_deleted, false) = false
    GROUP BY h.source, h.deal_id, h.status
), placed AS (
    SELECT d.source, d.source_id, d.owner_id, d.pipeline, d.stage, d.status, d.lead_source, d.deal_class, d.campaign_id,
           d.supersedes, d.amount, UPPER(NULLIF(TRIM(d.currency), '')) AS currency, d.recurring_monthly_amount,
           d.contract_start, d.contract_end, LEAST(d.close_date, r.reached_on) AS closed_on, d.created_at,
           COALESCE(d.account_id, p.account_id) AS account_id, COALESCE(d.contact_id, p.contact_id) AS contact_id,
           CASE WHEN x.source_id IS NOT NULL THEN 'duplicate'
                WHEN d.is_deleted THEN 'deleted'
                WHEN d.merged_into IS NOT NULL THEN 'merged' END AS excluded
    FROM deals AS d
    JOIN m_sources AS s ON s.source = d.source
    LEFT JOIN reached AS r ON r.source = d.source AND r.deal_id = d.source_id AND r.status = d.status
    LEFT JOIN m_duplicates AS x ON x.entity = 'deals' AND x.source = d.source AND x.source_id = d.source_id
    LEFT JOIN m_primary_links AS p ON p.source = d.source AND p.entity = 'deals' AND p.source_id = d.source_id
), owned AS (
    SELECT f.source, f.source_id, COALESCE(a.customer_id, c.customer_id, f.source || ':deal:' || f.source_id) AS customer_id,
           COALESCE(u.name, f.owner_id) AS owner, u.team, f.pipeline, f.stage, f.status, f.lead_source, f.deal_class,
           f.campaign_id, f.supersedes, f.amount, f.currency, f.recurring_monthly_amount, f.contract_start,
           f.contract_end, f.closed_on, f.created_at, f.excluded
    FROM placed AS f
    LEFT JOIN m_account_customers AS a ON a.source = f.source AND a.source_id = f.account_id
    LEFT JOIN m_contacts AS c ON c.source = f.source AND c.source_id = f.contact_id
    LEFT JOIN users AS u ON u.source = f.source AND u.source_id = f.owner_id
)
SELECT o.source, o.source_id, o.customer_id, o.owner, o.team, o.pipeline, o.stage, o.status, o.lead_source, o.deal_class,
       o.campaign_id AS campaign, o.supersedes, o.amount, o.currency, o.recurring_monthly_amount, o.contract_start,
       o.contract_end, o.closed_on, MAKE_TIMESTAMP(EPOCH_US(o.created_at)) AS created_at,
       TRY_CAST(o.amount * r.rate AS DECIMAL(28,12)) AS value,
       CASE WHEN o.currency IS NULL THEN 'missing_currency'
            WHEN r.rate IS NULL THEN 'missing_fx_rate'
            WHEN TRY_CAST(o.amount * r.rate AS DECIMAL(28,12)) IS NULL AND o.amount IS NOT NULL THEN 'unbounded' END
           AS blocked,
       COALESCE(o.excluded, CASE WHEN m.customer_id IS NOT NULL THEN 'test_account' END) AS excluded
FROM owned AS o
LEFT JOIN (SELECT customer_id FROM m_customers WHERE is_test) AS m ON m.customer_id = o.customer_id
LEFT JOIN m_rates AS r ON r.currency = o.currency AND r.starts_on <= o.closed_on AND r.until_on > o.closed_on
