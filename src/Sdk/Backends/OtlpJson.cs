using System.Globalization;
using TelemetryKit.Json;

namespace TelemetryKit.Backends;

/// <summary>Writes events in the JSON encoding of OTLP: ids in hexadecimal, 64-bit integers as strings, enumerations as numbers.</summary>
internal static class OtlpJson
{
    private const int KindInternal = 1;
    private const int StatusOk = 1;
    private const int StatusError = 2;
    private const int TemporalityDelta = 1;
    private const int NoRecordedValue = 1;

    /// <summary>A data point counts what happened since its start, which must be earlier than its end.</summary>
    private static readonly TimeSpan PointInterval = TimeSpan.FromMilliseconds(1);

    public static byte[] Traces(TelemetryBatch batch, List<TelemetryEvent> events) =>
        Wrap(batch, "resourceSpans", "scopeSpans", "spans", events, WriteSpan);

    public static byte[] Metrics(TelemetryBatch batch, List<TelemetryEvent> events)
    {
        // All points of a counter have the same kind, so one negative step of the batch determines it.
        var decreasing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (ValueOf(e) < 0)
                decreasing.Add(e.Metadata["name"].ToString());
        }

        return Wrap(
            batch, "resourceMetrics", "scopeMetrics", "metrics", events,
            (json, e) => WriteMetric(json, e, !decreasing.Contains(e.Metadata["name"].ToString())));
    }

    public static byte[] Logs(TelemetryBatch batch, List<TelemetryEvent> events) =>
        Wrap(batch, "resourceLogs", "scopeLogs", "logRecords", events, WriteLog);

    private static byte[] Wrap(
        TelemetryBatch batch, string resources, string scopes, string items, List<TelemetryEvent> events,
        Action<Utf8Buffer, TelemetryEvent> write)
    {
        var json = new Utf8Buffer();
        json.Ascii("{\"" + resources + "\":[{\"resource\":{\"attributes\":[");
        var first = true;
        Attribute(json, "service.name", batch.ServiceName, ref first);
        Attribute(json, "service.version", batch.ServiceVersion, ref first);
        Attribute(json, "telemetry.sdk.name", "telemetrykit", ref first);
        Attribute(json, "telemetry.sdk.language", "dotnet", ref first);
        Attribute(json, "telemetry.sdk.version", batch.Sdk.Substring(batch.Sdk.IndexOf('/') + 1), ref first);
        foreach (var value in batch.Context)
            ContextAttribute(json, value.Key, value.Value, ref first);
        json.Ascii("]},\"" + scopes + "\":[{\"scope\":{\"name\":\"TelemetryKit\"},\"" + items + "\":[");
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
                json.Byte((byte)',');
            write(json, events[i]);
        }

        json.Ascii("]}]}]}");
        return json.ToArray();
    }

    private static void WriteSpan(Utf8Buffer json, TelemetryEvent e)
    {
        // An event has the time at which it ended. A span also needs the start.
        var start = e.Timestamp - (e.Duration ?? TimeSpan.Zero);
        json.Ascii("{\"traceId\":\"" + TraceId(e) + "\",\"spanId\":\"" + SpanId(e) + "\",\"name\":");
        json.String(e.Type);
        json.Ascii(",\"kind\":");
        json.Integer(KindInternal);
        Nanoseconds(json, ",\"startTimeUnixNano\":\"", start);
        Nanoseconds(json, ",\"endTimeUnixNano\":\"", e.Timestamp);
        Attributes(json, e, []);
        if (e.Success is { } success)
        {
            json.Ascii(",\"status\":{\"code\":");
            json.Integer(success ? StatusOk : StatusError);
            json.Byte((byte)'}');
        }

        json.Byte((byte)'}');
    }

    private static void WriteMetric(Utf8Buffer json, TelemetryEvent e, bool isMonotonic)
    {
        json.Ascii("{\"name\":");
        json.String(e.Metadata["name"].ToString());
        if (e.Metadata["unit"].AsString is { } unit)
        {
            json.Ascii(",\"unit\":");
            json.String(unit);
        }

        var value = ValueOf(e);
        var kind = e.Metadata["kind"].AsString;
        json.Ascii(kind switch
        {
            "gauge" => ",\"gauge\":{\"dataPoints\":[{",
            "histogram" => ",\"histogram\":{\"aggregationTemporality\":" + TemporalityDelta + ",\"dataPoints\":[{",
            _ => ",\"sum\":{\"isMonotonic\":" + (isMonotonic ? "true" : "false") + ",\"aggregationTemporality\":" + TemporalityDelta
                + ",\"dataPoints\":[{",
        });
        if (double.IsNaN(value))
            json.Ascii("\"flags\":" + NoRecordedValue);
        else if (kind == "histogram")
            Member(json, "\"count\":\"1\",\"bucketCounts\":[\"1\"],\"explicitBounds\":[],\"sum\":", value);
        else
            Member(json, "\"asDouble\":", value);
        Nanoseconds(json, ",\"startTimeUnixNano\":\"", e.Timestamp - PointInterval);
        Nanoseconds(json, ",\"timeUnixNano\":\"", e.Timestamp);
        // Without user and session id, because each value would create a separate time series.
        var first = true;
        json.Ascii(",\"attributes\":[");
        Metadata(json, e, ["name", "value", "kind", "unit"], ref first);
        json.Ascii("]}]}}");
    }

    private static void WriteLog(Utf8Buffer json, TelemetryEvent e)
    {
        var isError = e.Type == TelemetryEventTypes.Error;
        var level = isError ? "error" : e.Metadata["level"].ToString();
        json.Ascii("{\"severityNumber\":");
        json.Integer(Severity(level));
        json.Ascii(",\"severityText\":");
        json.String(level);
        Nanoseconds(json, ",\"timeUnixNano\":\"", e.Timestamp);
        json.Ascii(",\"traceId\":\"" + TraceId(e) + "\",\"spanId\":\"" + SpanId(e) + "\",\"body\":{\"stringValue\":");
        json.String(e.Metadata["message"].AsString ?? e.Metadata["name"].ToString());
        json.Byte((byte)'}');
        Attributes(json, e, isError ? ["name", "message"] : ["message", "level"], isError);
        json.Byte((byte)'}');
    }

    private static int Severity(string level) => level switch
    {
        "trace" => 1,
        "debug" => 5,
        "info" => 9,
        "warn" => 13,
        "error" => 17,
        _ => 21,
    };

    private static double ValueOf(TelemetryEvent e) => e.Metadata["value"].ToObject() switch
    {
        long integer => integer,
        double number => number,
        _ => double.NaN,
    };

    private static void Attributes(Utf8Buffer json, TelemetryEvent e, string[] without, bool isError = false)
    {
        json.Ascii(",\"attributes\":[");
        var first = true;
        Attribute(json, "enduser.pseudo.id", e.UserId, ref first);
        Attribute(json, "session.id", e.SessionId, ref first);
        if (isError)
        {
            Attribute(json, "exception.type", e.Metadata["name"].AsString, ref first);
            Attribute(json, "exception.message", e.Metadata["message"].AsString, ref first);
        }

        Metadata(json, e, without, ref first);
        json.Byte((byte)']');
    }

    /// <summary>Writes the metadata, without the keys for which the signal has dedicated fields.</summary>
    private static void Metadata(Utf8Buffer json, TelemetryEvent e, string[] without, ref bool first)
    {
        foreach (var entry in e.Metadata)
        {
            if (Array.IndexOf(without, entry.Key) < 0)
                Attribute(json, SemanticName(entry.Key), entry.Value.ToObject(), ref first);
        }
    }

    /// <summary>Returns the name that OpenTelemetry's conventions have for a value that the SDK records, otherwise the same name.</summary>
    private static string SemanticName(string key) => key switch
    {
        "exit_code" => "process.exit.code",
        "error_type" => "error.type",
        _ => key,
    };

    /// <summary>Writes a value of the context under the name and with the value of OpenTelemetry's conventions, if they have one.</summary>
    private static void ContextAttribute(Utf8Buffer json, string key, object? value, ref bool first)
    {
        switch (key)
        {
            case "os":
                Attribute(json, "os.type", value is "macos" ? "darwin" : value, ref first);
                break;
            case "os_version":
                Attribute(json, "os.version", value, ref first);
                break;
            case "arch":
                Attribute(json, "host.arch", value switch { "x64" => "amd64", "arm" => "arm32", _ => value }, ref first);
                break;
            case "runtime" when value is string runtime && runtime.IndexOf(' ') is > 0 and var space:
                Attribute(json, "process.runtime.name", runtime.Substring(0, space), ref first);
                Attribute(json, "process.runtime.version", runtime.Substring(space + 1), ref first);
                break;
            default:
                Attribute(json, "telemetrykit." + key, value, ref first);
                break;
        }
    }

    private static void Member(Utf8Buffer json, string name, double value)
    {
        json.Ascii(name);
        json.Number(value);
    }

    private static void Attribute(Utf8Buffer json, string name, object? value, ref bool first)
    {
        if (value is null or "")
            return;
        if (!first)
            json.Byte((byte)',');
        first = false;
        json.Ascii("{\"key\":");
        json.String(name);
        json.Ascii(",\"value\":");
        AnyValue(json, value);
        json.Byte((byte)'}');
    }

    private static void AnyValue(Utf8Buffer json, object? value)
    {
        switch (value)
        {
            case null or double.NaN:
                // A missing value is an object without members.
                json.Byte((byte)'{');
                break;
            case bool boolean:
                json.Ascii("{\"boolValue\":");
                json.Boolean(boolean);
                break;
            case long integer:
                json.Ascii("{\"intValue\":\"");
                json.Integer(integer);
                json.Byte((byte)'"');
                break;
            case double number:
                json.Ascii("{\"doubleValue\":");
                json.Number(number);
                break;
            case Array items:
                json.Ascii("{\"arrayValue\":{\"values\":[");
                for (var i = 0; i < items.Length; i++)
                {
                    if (i > 0)
                        json.Byte((byte)',');
                    AnyValue(json, items.GetValue(i));
                }

                json.Ascii("]}");
                break;
            default:
                json.Ascii("{\"stringValue\":");
                json.String(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }

        json.Byte((byte)'}');
    }

    private static void Nanoseconds(Utf8Buffer json, string before, DateTimeOffset time)
    {
        const long unixEpochTicks = 621_355_968_000_000_000;
        json.Ascii(before);
        json.Integer((time.UtcTicks - unixEpochTicks) * 100);
        json.Byte((byte)'"');
    }

    /// <summary>The session id, which consists of 32 hexadecimal digits like a trace id.</summary>
    private static string TraceId(TelemetryEvent e) =>
        Guid.TryParse(e.SessionId, out var session) ? session.ToString("N") : Guid.Empty.ToString("N");

    /// <summary>The random half of the event's id.</summary>
    private static string SpanId(TelemetryEvent e) =>
        Guid.TryParse(e.Id, out var id) ? id.ToString("N").Substring(16) : Guid.Empty.ToString("N").Substring(16);
}
