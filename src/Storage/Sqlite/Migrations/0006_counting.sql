-- A month counts only if these describe the rollups that its days have now. Months from before have none: they are folded again.
alter table rollups_monthly add column days integer;        -- how many days of the month had a rollup
alter table rollups_monthly add column revisions integer;   -- the sum of their revisions
