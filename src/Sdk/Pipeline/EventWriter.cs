using System.Globalization;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Platform;
using TelemetryKit.Privacy;

namespace TelemetryKit.Pipeline;

/// <summary>
/// Converts events to lines of JSON: calls <see cref="TelemetryOptions.BeforeSend"/>, scrubs texts and enforces the limits. Not
/// thread-safe.
/// </summary>
internal sealed class EventWriter(OptionValues options, DropCounters dropped, string userId, string sessionId)
{
    private readonly Uuid7 _ids = new();
    private readonly MemberNames _names = new(Limits.MetadataKeys);

    /// <summary>The id of the events.</summary>
    public string UserId => userId;

    /// <summary>Writes an event and a line feed. Returns false if the event was dropped.</summary>
    public bool TryWrite(in PendingEvent pending, Utf8Buffer lines)
    {
        var written = pending;
        if (options.BeforeSend is not null && !TryApplyBeforeSend(ref written))
            return false;
        // BeforeSend may have set an invalid type. A type that the scrubber would change must not be sent.
        if ((options.BeforeSend is not null && !EventTypeName.IsValid(written.Type)) || !Scrubber.IsCleanType(written.Type))
        {
            dropped.Add("invalid_type", 1);
            return false;
        }

        var start = lines.Length;
        Write(written, lines);
        if (lines.Length - start > Limits.EventBytes)
        {
            lines.Length = start;
            dropped.Add("too_large", 1);
            return false;
        }

        lines.Byte((byte)'\n');
        return true;
    }

    /// <summary>Replaces an event by the result of BeforeSend. Returns false if BeforeSend drops it.</summary>
    private bool TryApplyBeforeSend(ref PendingEvent pending)
    {
        try
        {
            if (options.BeforeSend!(ToEvent(pending)) is { } changed)
            {
                pending = ToPending(changed);
                return true;
            }
        }
#pragma warning disable CA1031 // BeforeSend is the author's code: its exceptions must not reach the tool.
        catch
#pragma warning restore CA1031
        {
            // If BeforeSend fails, it has not approved the event.
        }

        dropped.Add("before_send", 1);
        return false;
    }

    private void Write(in PendingEvent pending, Utf8Buffer json)
    {
        json.Ascii("{\"event_id\":\"");
        _ids.Write(json, pending.UtcTicks);
        json.Ascii("\",\"event_type\":");
        json.String(pending.Type, Limits.KeyLength);
        json.Ascii(",\"timestamp\":");
        json.Time(pending.UtcTicks);
        json.Ascii(",\"user_id\":\"");
        json.Ascii(userId);
        json.Ascii("\",\"session_id\":\"");
        json.Ascii(sessionId);
        json.Byte((byte)'"');
        if (pending.Success is { } success)
            json.Ascii(success ? ",\"success\":true" : ",\"success\":false");
        // Excludes NaN, if the event was not timed, and negative values, if the clock was set back.
        if (pending.DurationMs >= 0)
        {
            json.Ascii(",\"duration_ms\":");
            json.Number(Math.Round(pending.DurationMs, 3));
        }

        json.Ascii(",\"metadata\":{");
        _names.Clear();
        // The event's own data comes first, so that the author's keys cannot replace it.
        if (pending.Subject is not null)
            Text(json, pending.SubjectKey!, pending.Subject, Limits.NameLength);
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Metric))
            WriteMetric(json, pending);
        else if (pending.Detail is not null)
            Text(json, "message", pending.Detail, Limits.TextLength);
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Log))
            Text(json, "level", pending.KindOrLevel!, Limits.KeyLength);
        for (var i = 0; i < pending.MetadataCount; i++)
        {
            ref var entry = ref pending.Metadata![i];
            // The server would reject the event. The client's own durations are omitted, too, if the clock was set back.
            if (entry.Key == "duration_ms" && IsNegative(entry.Value))
                continue;
            if (_names.TryWrite(json, entry.Key))
                Value(json, entry.Key, entry.Value, IsSubject(pending, entry.Key) ? Limits.NameLength : Limits.TextLength);
        }

        json.Ascii("}}");
    }

    private void WriteMetric(Utf8Buffer json, in PendingEvent pending)
    {
        if (_names.TryWrite(json, "value"))
            Number(json, pending.Value);
        Text(json, "kind", pending.KindOrLevel!, Limits.KeyLength);
        if (pending.Detail is not null)
            Text(json, "unit", pending.Detail, Limits.KeyLength);
    }

    private static bool IsNegative(MetadataValue value) =>
        value.IsInteger ? value.Bits < 0 : value.IsNumber && !(value.Number >= 0) && !double.IsNaN(value.Number);

    /// <summary>
    /// Returns whether a metadata value is the event's subject: BeforeSend receives the subject as metadata, and that of a custom event is
    /// its name.
    /// </summary>
    private static bool IsSubject(in PendingEvent pending, string key) =>
        pending.Subject is null && (key == "name" || key == pending.Type switch
        {
            TelemetryEventTypes.CommandExecuted => "command",
            TelemetryEventTypes.FeatureUsed => "feature",
            TelemetryEventTypes.MethodCalled => "method",
            TelemetryEventTypes.ComponentRendered => "component",
            _ => "name",
        });

    private static void Value(Utf8Buffer json, string key, MetadataValue value, int maxLength)
    {
        if (value.Reference is string text)
            json.String(Scrubber.ScrubValue(key, text), maxLength);
        else if ((value.IsInteger || value.IsNumber) && SecretNames.HasSecretNumbers(key))
            json.String(Scrubber.SecretText);
        else if (value.IsInteger)
            Integer(json, value.Bits);
        else if (value.IsNumber)
            Number(json, value.Number);
        else if (value.IsBoolean)
            json.Boolean(value.Boolean);
        else if (value.Reference is Array array)
            Items(json, key, array);
        else
            json.Ascii("null");
    }

    /// <summary>Writes an integer. One that is long enough to be a card number is scrubbed like a text.</summary>
    private static void Integer(Utf8Buffer json, long value)
    {
        if (value is > -1_000_000_000_000 and < 1_000_000_000_000 || !TryScrubNumber(json, value.ToString(CultureInfo.InvariantCulture)))
            json.Integer(value);
    }

    /// <summary>The same for any number.</summary>
    private static void Number(Utf8Buffer json, double value)
    {
        if (!(Math.Abs(value) >= 1_000_000_000_000) || !TryScrubNumber(json, value.ToString("R", CultureInfo.InvariantCulture)))
            json.Number(value);
    }

    private static bool TryScrubNumber(Utf8Buffer json, string digits)
    {
        var scrubbed = Scrubber.Scrub(digits);
        if (scrubbed == digits)
            return false;
        json.String(scrubbed);
        return true;
    }

    private static void Items(Utf8Buffer json, string key, Array array)
    {
        var numbersAreSecret = array is int[] or long[] or double[] && SecretNames.HasSecretNumbers(key);
        json.Byte((byte)'[');
        for (var i = 0; i < Math.Min(array.Length, Limits.ArrayLength); i++)
        {
            if (i > 0)
                json.Byte((byte)',');
            switch (array)
            {
                case string?[] texts when texts[i] is { } text:
                    json.String(Scrubber.ScrubValue(key, text), Limits.TextLength);
                    break;
                case var _ when numbersAreSecret:
                    json.String(Scrubber.SecretText);
                    break;
                case int[] integers:
                    Integer(json, integers[i]);
                    break;
                case long[] integers:
                    Integer(json, integers[i]);
                    break;
                case double[] numbers:
                    Number(json, numbers[i]);
                    break;
                case bool[] booleans:
                    json.Boolean(booleans[i]);
                    break;
                default:
                    json.Ascii("null");
                    break;
            }
        }

        json.Byte((byte)']');
    }

    private void Text(Utf8Buffer json, string name, string value, int maxLength)
    {
        if (_names.TryWrite(json, name))
            json.String(Scrubber.Scrub(value), maxLength);
    }

    private TelemetryEvent ToEvent(in PendingEvent pending)
    {
        var result = new TelemetryEvent
        {
            Type = pending.Type,
            Timestamp = new(pending.UtcTicks, TimeSpan.Zero),
            UserId = userId,
            SessionId = sessionId,
            Success = pending.Success,
            Duration = double.IsNaN(pending.DurationMs) ? null : TimeSpan.FromMilliseconds(pending.DurationMs),
        };
        if (pending.Subject is not null)
            result.Metadata[pending.SubjectKey!] = pending.Subject;
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Metric))
        {
            result.Metadata["value"] = pending.Value;
            result.Metadata["kind"] = pending.KindOrLevel;
            if (pending.Detail is not null)
                result.Metadata["unit"] = pending.Detail;
        }
        else if (pending.Detail is not null)
        {
            result.Metadata["message"] = pending.Detail;
        }

        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Log))
            result.Metadata["level"] = pending.KindOrLevel;
        for (var i = 0; i < pending.MetadataCount; i++)
        {
            if (result.Metadata[pending.Metadata![i].Key].IsNull)
                result.Metadata[pending.Metadata[i].Key] = pending.Metadata[i].Value;
        }

        return result;
    }

    private static PendingEvent ToPending(TelemetryEvent changed)
    {
        var count = 0;
        var entries = changed.Metadata?.Snapshot(out count);
        return new()
        {
            // A copy, so that it is not identical to a constant of TelemetryEventTypes: their additional data is already in the metadata.
            Type = new string((changed.Type ?? "").ToCharArray()),
            UtcTicks = changed.Timestamp.UtcTicks,
            Success = changed.Success,
            DurationMs = changed.Duration?.TotalMilliseconds ?? double.NaN,
            Metadata = entries,
            MetadataCount = count,
        };
    }
}
