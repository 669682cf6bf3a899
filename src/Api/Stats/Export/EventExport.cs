using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Export;

/// <summary>Formats pages of events. Each event has its cursor, after which an interrupted export is resumed.</summary>
internal sealed class EventExport(ExportFormat format, StatsQuery filter, EventCursor? after)
{
    private static readonly string[] Columns =
    [
        "event_id", "timestamp", "event_type", "subject", "user", "session", "version", "success", "duration_ms", "context", "metadata",
        "cursor",
    ];

    private EventCursor? _latest = after;
    private bool _any;

    /// <summary>Returns what precedes the events.</summary>
    public string Begin() => format switch
    {
        ExportFormat.Csv => string.Join(',', Columns) + Csv.NewLine,
        ExportFormat.Json => "{\"items\":[",
        _ => "",
    };

    /// <summary>Returns the events of the next page.</summary>
    public string Format(EventPage page)
    {
        var text = new StringBuilder();
        for (var i = 0; i < page.Events.Count; i++)
        {
            var cursor = CursorOf(page.Events.Timestamp[i], page.Events.EventId[i]);
            Append(text, EventItem.Of(page.Events, i).Named(filter) with { Cursor = Cursor.Write(cursor) });
        }

        return text.ToString();
    }

    /// <summary>Returns what follows the events. Its absence shows that the export is incomplete.</summary>
    public string End() => format == ExportFormat.Json ? "],\"next_cursor\":null}" : "";

    /// <summary>Returns the cursor of the next event: events with the same time and id are numbered.</summary>
    private EventCursor CursorOf(long timestamp, Guid eventId)
    {
        var isSame = _latest is { } latest && latest.Timestamp == timestamp && latest.EventId == eventId;
        var cursor = new EventCursor(timestamp, eventId, isSame ? _latest!.Value.Seen + 1 : 1);
        _latest = cursor;
        return cursor;
    }

    private void Append(StringBuilder text, EventItem item)
    {
        switch (format)
        {
            case ExportFormat.Csv:
                Csv.AppendRow(text, Columns, JsonSerializer.SerializeToElement(item, StatsJson.Wire.EventItem));
                break;
            case ExportFormat.Ndjson:
                text.Append(JsonSerializer.Serialize(item, StatsJson.Wire.EventItem)).Append('\n');
                break;
            default:
                text.Append(_any ? "," : "").Append(JsonSerializer.Serialize(item, StatsJson.Wire.EventItem));
                break;
        }

        _any = true;
    }
}
