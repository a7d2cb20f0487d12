-- The configured sources: rows of others are kept, and not counted.
SELECT UNNEST(CAST($sources AS VARCHAR[])) AS source
