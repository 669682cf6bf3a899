using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Inserts the events of one commit.</summary>
internal sealed class SqliteEventWriter(SqliteSession session, SqliteRowNumbers numbers)
{
    private const string InsertSql =
        """
        insert into event_rows (rowid, stream_id, event_id, ts, type, subject, install, session, version, success, duration_ms, context_id,
            metadata)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    // Contexts are interned, so events with equal contexts share one instance.
    private readonly Dictionary<EventContext, long> _contexts = new(ReferenceEqualityComparer.Instance);

    public void Write(CommitEvents events)
    {
        var stream = StreamId(events.ProjectId, events.Environment);
        foreach (var batch in events.Batches)
        {
            for (var i = 0; i < batch.Count; i++)
                Write(stream, batch, i);
        }
    }

    private void Write(long stream, EventBatch batch, int i)
    {
        var context = ContextId(batch.Context[i]);
        var insert = session.Prepare(InsertSql)
            .Bind(numbers.Next()).Bind(stream).Bind(batch.EventId[i]).Bind(batch.Timestamp[i]).Bind(batch.Type[i]).Bind(batch.Subject[i]);
        _ = batch.Install[i] == 0 ? insert.BindNull() : insert.Bind(batch.Install[i]);
        _ = batch.Session[i] == 0 ? insert.BindNull() : insert.Bind(batch.Session[i]);
        insert.Bind(batch.Version[i]);
        _ = batch.Success[i] is { } success ? insert.Bind(success ? 1 : 0) : insert.BindNull();
        _ = float.IsNaN(batch.DurationMs[i]) ? insert.BindNull() : insert.Bind((double)batch.DurationMs[i]);
        insert.Bind(context);
        _ = batch.Metadata(i) is { IsEmpty: false } json ? insert.BindUtf8(json.Span) : insert.BindNull();
        insert.Execute();
    }

    private long StreamId(Guid projectId, DataEnvironment environment)
    {
        session.Prepare("insert into streams (project_id, env) values (?, ?) on conflict do nothing")
            .Bind(projectId).Bind(environment).Execute();
        return session.Prepare("select id from streams where project_id = ? and env = ?").Bind(projectId).Bind(environment).ReadLong();
    }

    private long? ContextId(EventContext context)
    {
        if (context.Json is "{}")
            return null;
        if (_contexts.TryGetValue(context, out var id))
            return id;
        session.Prepare("insert into contexts (json, actor) values (?, ?) on conflict do nothing")
            .Bind(context.Json).Bind(context.Actor).Execute();
        return _contexts[context] = session.Prepare("select id from contexts where json = ?").Bind(context.Json).ReadLong();
    }
}
