namespace TelemetryKit.Sqlite;

/// <summary>The tables. docs/sdk/sqlite.md describes them for users.</summary>
internal static class Schema
{
    public const int Version = 1;

    public const string Create =
        """
        create table batches (
            id         text primary key,                -- the same on every attempt to send the batch
            lane       text    not null,                -- '' for the TelemetryKit server, 'test' for test keys, else the backend
            created_at text    not null,
            sealed     integer not null default 0,      -- 1: it was claimed or is full; no event may be added
            events     integer not null default 0,
            bytes      integer not null default 0,
            head       text    not null,                -- the properties of the whole batch
            dropped    text    not null default ''      -- the numbers of dropped events that it reports
        ) without rowid;
        create index batches_by_age on batches (lane, created_at);

        create table events (
            seq        integer primary key,
            id         text as (json_extract(line, '$.event_id')),
            event_type text as (json_extract(line, '$.event_type')),
            timestamp  text as (json_extract(line, '$.timestamp')),
            metadata   text as (json_extract(line, '$.metadata')),
            synced     integer not null default 0,      -- 1: it was sent, or rejected permanently
            lane       text    not null,
            batch_id   text    not null,
            line       text    not null                 -- the event as it is sent
        );
        create index events_by_batch on events (batch_id, seq);
        create index events_synced on events (lane, seq) where synced = 1;
        """;
}
