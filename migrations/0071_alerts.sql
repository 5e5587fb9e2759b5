-- How a job's last run ended, beside its lease: when, what came of it, how long it took (ms), and when one last went well (ms since 1970).
ALTER TABLE job_leases ADD COLUMN ended_at INTEGER;
ALTER TABLE job_leases ADD COLUMN outcome TEXT;
ALTER TABLE job_leases ADD COLUMN took_ms INTEGER;
ALTER TABLE job_leases ADD COLUMN done_at INTEGER;

-- How a webhook's messages are written: as events of ours, or as Slack's incoming webhooks take them.
ALTER TABLE webhooks ADD COLUMN format TEXT NOT NULL DEFAULT 'json';
