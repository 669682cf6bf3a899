namespace TelemetryKit.Sqlite;

/// <summary>The tables, as docs/sdk/sqlite.md explains them to those who look into them.</summary>
internal static class Schema
{
    public const int Version = 1;

    public const string Create =
        """
        create table batches (
            id         text primary key,                -- names the batch on every attempt to send it
            lane       text    not null,                -- '' for the TelemetryKit server, 'test' for test keys, else the backend
            created_at text    not null,
            sealed     integer not null default 0,      -- 1: it was claimed once, or is full; no event may be added
            events     integer not null default 0,
            bytes      integer not null default 0,
            head       text    not null,                -- what the batch says once
            dropped    text    not null default ''      -- counts of dropped events that it reports
        ) without rowid;
        create index batches_by_age on batches (lane, created_at);

        create table events (
            seq        integer primary key,
            id         text as (json_extract(line, '$.event_id')),
            event_type text as (json_extract(line, '$.event_type')),
            timestamp  text as (json_extract(line, '$.timestamp')),
            metadata   text as (json_extract(line, '$.metadata')),
            synced     integer not null default 0,      -- 1: it was sent, or refused for good
            lane       text    not null,
            batch_id   text    not null,
            line       text    not null                 -- the event as it is sent
        );
        create index events_by_batch on events (batch_id, seq);
        create index events_synced on events (lane, seq) where synced = 1;
        """;
}
