-- Purchases: won deals with an amount and a day on which they closed. One with an amount below 0 is left out, visibly.
SELECT source, source_id, customer_id, closed_on, value, blocked,
       COALESCE(excluded, CASE WHEN amount < 0 THEN 'negative_amount' END) AS excluded
FROM m_deals
WHERE status = 'won' AND amount <> 0 AND closed_on IS NOT NULL AND ($scope = '' OR source = $scope)
