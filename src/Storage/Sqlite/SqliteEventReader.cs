using TelemetryKit.Grains.Events;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads rows of events back into an <see cref="EventBatch"/>. One for each query: it remembers the contexts it met.</summary>
internal sealed class SqliteEventReader(EventDecoding decoding)
{
    private readonly Dictionary<string, EventContext> _contexts = new(StringComparer.Ordinal);

    public void Append(SqliteStatement row, EventBatch into)
    {
        if (row.Bytes(10) is { IsEmpty: false } metadata)
        {
            into.AppendMetadata(metadata);
            decoding.AppendValues(into, metadata);
        }

        into.Add(
            row.Guid(0), row.Long(1), row.String(2), row.OptionalString(3), row.Long(4), row.Long(5), row.OptionalString(6),
            row.IsNull(7) ? null : row.Long(7) != 0, row.IsNull(8) ? float.NaN : (float)row.Double(8), ContextOf(row.OptionalString(9)));
    }

    private EventContext ContextOf(string? json)
    {
        if (json is null)
            return EventContext.None;
        if (!_contexts.TryGetValue(json, out var context))
            _contexts[json] = context = decoding.ParseContext(json);
        return context;
    }
}
