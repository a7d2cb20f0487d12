-- Purchases: won deals with an amount. One without a day on which it closed, or with an amount below 0, is left out,
-- visibly.
SELECT source, source_id, customer_id, closed_on, value, blocked,
       COALESCE(excluded, CASE WHEN closed_on IS NULL THEN 'no_closed_at' WHEN amount < 0 THEN 'negative_amount' END)
           AS excluded
FROM m_deals
WHERE status = 'won' AND amount <> 0 AND ($scope = '' OR source = $scope)
