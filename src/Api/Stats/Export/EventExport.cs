using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Api.Stats.Export;

/// <summary>Formats pages of events. Each event has its cursor, after which an interrupted export is resumed.</summary>
internal sealed class EventExport(ExportFormat format, StatsQuery filter)
{
    private static readonly string[] Columns =
    [
        "event_id", "timestamp", "event_type", "subject", "user", "session", "version", "success", "duration_ms", "context", "metadata",
        "cursor",
    ];

    private bool _any;

    /// <summary>Returns what precedes the events.</summary>
    public string Begin() => format switch
    {
        ExportFormat.Csv => string.Join(',', Columns) + Csv.NewLine,
        ExportFormat.Json => "{\"items\":[",
        _ => "",
    };

    /// <summary>Returns the events of the next page.</summary>
    public string Format(SelectedPage page)
    {
        var text = new StringBuilder();
        for (var i = 0; i < page.Events.Count; i++)
            Append(text, EventItem.Of(page.Events, i).Named(filter) with { Cursor = Cursor.Write(page.Cursors[i]) });
        return text.ToString();
    }

    /// <summary>Returns what follows the events. Its absence shows that the export is incomplete.</summary>
    public string End() => format == ExportFormat.Json ? "],\"next_cursor\":null}" : "";

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
