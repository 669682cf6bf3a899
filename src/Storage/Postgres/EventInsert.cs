using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Creates the statements that insert a commit's events as rows of columns.</summary>
internal static class EventInsert
{
    private const string Sql =
        """
        insert into event_batches
            (project_id, env, n, bytes, min_ts, max_ts, id, event_id, ts, type, subject, install, session, version, success,
             duration_ms, actor, context, metadata)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """;

    /// <summary>Adds one command for each row to <paramref name="batch"/>.</summary>
    public static void AddTo(NpgsqlBatch batch, CommitEvents events, DateTimeOffset arrivedAt)
    {
        var all = Collect(events);
        var bytes = 0L;
        foreach (var at in all)
            bytes += at.Bytes;
        var rows = EventRows.CountFor(all.Length, bytes);

        // Rows are slices of time, so that the range of each is narrow.
        if (rows > 1)
            Array.Sort(all, static (a, b) => a.Timestamp.CompareTo(b.Timestamp));
        for (var row = 0; row < rows; row++)
        {
            var start = EventRows.Start(all.Length, rows, row);
            AddSlice(batch, events, new ArraySegment<EventAt>(all, start, EventRows.Start(all.Length, rows, row + 1) - start), arrivedAt);
        }
    }

    private static void AddSlice(NpgsqlBatch batch, CommitEvents events, ArraySegment<EventAt> slice, DateTimeOffset arrivedAt)
    {
        if (slice.Count == 0)
            return;
        var bytes = 0L;
        foreach (var at in slice)
            bytes += at.Bytes;
        if (bytes > EventRows.Bytes && slice.Count > 1)
        {
            // Only a slice with large events is split further.
            AddSlice(batch, events, slice[..(slice.Count / 2)], arrivedAt);
            AddSlice(batch, events, slice[(slice.Count / 2)..], arrivedAt);
            return;
        }

        batch.BatchCommands.Add(RowOf(events.ProjectId, events.Environment, slice, (int)bytes, RowId.New(arrivedAt)));
    }

    private static EventAt[] Collect(CommitEvents events)
    {
        var all = new EventAt[events.Batches.Sum(batch => batch.Count)];
        var next = 0;
        foreach (var batch in events.Batches)
        {
            for (var i = 0; i < batch.Count; i++)
                all[next++] = new EventAt(batch, i);
        }

        return all;
    }

    private static NpgsqlBatchCommand RowOf(
        Guid projectId, DataEnvironment environment, ArraySegment<EventAt> events, int bytes, Guid id)
    {
        // Runs of the same install compress very well, and the order of events within a row is irrelevant.
        events.AsSpan().Sort(static (a, b) => ByInstall(a, b));
        var (min, max) = (long.MaxValue, long.MinValue);
        bool subject = false, install = false, session = false, version = false, success = false;
        bool duration = false, actor = false, context = false, metadata = false;
        foreach (var at in events)
        {
            var (batch, i) = at;
            min = Math.Min(min, batch.Timestamp[i]);
            max = Math.Max(max, batch.Timestamp[i]);
            subject |= batch.Subject[i] is not null;
            install |= batch.Install[i] != 0;
            session |= batch.Session[i] != 0;
            version |= batch.Version[i] is not null;
            success |= batch.Success[i] is not null;
            duration |= !float.IsNaN(batch.DurationMs[i]);
            actor |= batch.Context[i].Actor is not null;
            context |= at.Context is not null;
            metadata |= !batch.Metadata(i).IsEmpty;
        }

        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters
            .With(projectId).With(environment).With(events.Count).With(bytes).WithTime(min).WithTime(max).With(id)
            .WithArray(Column(events, static at => at.Batch.EventId[at.Index]), NpgsqlDbType.Uuid)
            .WithArray(Column(events, static at => PostgresTime.FromUnix(at.Timestamp)), NpgsqlDbType.TimestampTz)
            .WithArray(Column(events, static at => at.Batch.Type[at.Index]), NpgsqlDbType.Text)
            .WithArray(subject ? Column(events, static at => at.Batch.Subject[at.Index]!) : null, NpgsqlDbType.Text)
            .WithArray(install ? Column(events, static at => at.Batch.Install[at.Index]) : null, NpgsqlDbType.Bigint)
            .WithArray(session ? Column(events, static at => at.Batch.Session[at.Index]) : null, NpgsqlDbType.Bigint)
            .WithArray(version ? Column(events, static at => at.Batch.Version[at.Index]!) : null, NpgsqlDbType.Text)
            .WithArray(success ? Column(events, static at => at.Batch.Success[at.Index]) : null, NpgsqlDbType.Boolean)
            .WithArray(duration ? Column(events, static at => at.Batch.DurationMs[at.Index]) : null, NpgsqlDbType.Real)
            .WithArray(actor ? Column(events, static at => at.Batch.Context[at.Index].Actor!) : null, NpgsqlDbType.Text)
            .WithArray(context ? Column(events, static at => at.Context!) : null, NpgsqlDbType.Text)
            .WithArray(metadata ? Column(events, static at => MetadataOf(at)) : null, NpgsqlDbType.Text);
        return command;
    }

    private static EventColumn<T> Column<T>(ArraySegment<EventAt> events, Func<EventAt, T> value) => new(events, value);

    private static ReadOnlyMemory<byte>? MetadataOf(EventAt at)
    {
        // Not a conditional expression, which would convert null to an empty memory.
        var json = at.Batch.Metadata(at.Index);
        if (json.IsEmpty)
            return null;
        return json;
    }

    private static int ByInstall(EventAt a, EventAt b)
    {
        var order = a.Batch.Install[a.Index].CompareTo(b.Batch.Install[b.Index]);
        if (order == 0)
            order = a.Batch.Session[a.Index].CompareTo(b.Batch.Session[b.Index]);
        return order != 0 ? order : a.Timestamp.CompareTo(b.Timestamp);
    }
}
