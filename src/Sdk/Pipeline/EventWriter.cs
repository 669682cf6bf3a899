using System.Globalization;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Platform;
using TelemetryKit.Privacy;

namespace TelemetryKit.Pipeline;

/// <summary>Turns events into lines of JSON: shows them to the author's hook, scrubs their texts, keeps to the limits.</summary>
internal sealed class EventWriter(OptionValues options, DropCounters dropped, string userId, string sessionId)
{
    private readonly Uuid7 _ids = new();
    private readonly MemberNames _names = new(Limits.MetadataKeys);

    /// <summary>Writes one event and a line feed; false when it was dropped.</summary>
    public bool TryWrite(in PendingEvent pending, Utf8Buffer lines)
    {
        var shown = pending;
        if (options.BeforeSend is not null && !TryShow(ref shown))
            return false;
        // The hook may have made anything of the type; and what the scrubber would change of it must not leave the machine.
        if ((options.BeforeSend is not null && !EventTypeName.IsValid(shown.Type)) || Scrubber.Scrub(shown.Type) != shown.Type)
        {
            dropped.Add("invalid_type", 1);
            return false;
        }

        var start = lines.Length;
        Write(shown, lines);
        if (lines.Length - start > Limits.EventBytes)
        {
            lines.Length = start;
            dropped.Add("too_large", 1);
            return false;
        }

        lines.Byte((byte)'\n');
        return true;
    }

    /// <summary>Puts what the author's hook makes of an event in its place; false when that drops it.</summary>
    private bool TryShow(ref PendingEvent pending)
    {
        try
        {
            if (options.BeforeSend!(ToEvent(pending)) is { } shown)
            {
                pending = ToPending(shown);
                return true;
            }
        }
#pragma warning disable CA1031 // The hook is the author's code: whatever it throws must not reach the tool.
        catch
#pragma warning restore CA1031
        {
            // A hook that fails has not allowed the event.
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
        // Neither NaN, which says that nothing was timed, nor what a clock that was put back made negative.
        if (pending.DurationMs >= 0)
        {
            json.Ascii(",\"duration_ms\":");
            json.Number(Math.Round(pending.DurationMs, 3));
        }

        json.Ascii(",\"metadata\":{");
        _names.Clear();
        // What the event says by itself comes first, and the author's keys cannot take its place.
        if (pending.Subject is not null)
            Text(json, pending.SubjectKey!, pending.Subject, Limits.NameLength);
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Metric))
            WriteMetric(json, pending);
        else if (pending.Detail is not null)
            Text(json, "message", pending.Detail, Limits.TextLength);
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Log))
            Text(json, "level", pending.Word!, Limits.KeyLength);
        for (var i = 0; i < pending.MetadataCount; i++)
        {
            if (_names.TryWrite(json, pending.Metadata![i].Key))
                Value(json, pending.Metadata[i].Value);
        }

        json.Ascii("}}");
    }

    private void WriteMetric(Utf8Buffer json, in PendingEvent pending)
    {
        if (_names.TryWrite(json, "value"))
            json.Number(pending.Value);
        Text(json, "kind", pending.Word!, Limits.KeyLength);
        if (pending.Detail is not null)
            Text(json, "unit", pending.Detail, Limits.KeyLength);
    }

    private static void Value(Utf8Buffer json, MetadataValue value)
    {
        if (value.Reference is string text)
            json.String(Scrubber.Scrub(text), Limits.TextLength);
        else if (value.IsInteger)
            Integer(json, value.Bits);
        else if (value.IsNumber)
            json.Number(value.Number);
        else if (value.IsBoolean)
            json.Boolean(value.Boolean);
        else if (value.Reference is Array array)
            Items(json, array);
        else
            json.Ascii("null");
    }

    /// <summary>A number as long as a card's is looked at like a text.</summary>
    private static void Integer(Utf8Buffer json, long value)
    {
        if (value is > -1_000_000_000_000 and < 1_000_000_000_000)
        {
            json.Integer(value);
            return;
        }

        var digits = value.ToString(CultureInfo.InvariantCulture);
        var scrubbed = Scrubber.Scrub(digits);
        if (scrubbed == digits)
            json.Integer(value);
        else
            json.String(scrubbed);
    }

    private static void Items(Utf8Buffer json, Array array)
    {
        json.Byte((byte)'[');
        for (var i = 0; i < Math.Min(array.Length, Limits.ArrayLength); i++)
        {
            if (i > 0)
                json.Byte((byte)',');
            switch (array)
            {
                case string?[] texts when texts[i] is { } text:
                    json.String(Scrubber.Scrub(text), Limits.TextLength);
                    break;
                case int[] integers:
                    Integer(json, integers[i]);
                    break;
                case long[] integers:
                    Integer(json, integers[i]);
                    break;
                case double[] numbers:
                    json.Number(numbers[i]);
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
        var shown = new TelemetryEvent
        {
            Type = pending.Type,
            Timestamp = new(pending.UtcTicks, TimeSpan.Zero),
            UserId = userId,
            SessionId = sessionId,
            Success = pending.Success,
            Duration = double.IsNaN(pending.DurationMs) ? null : TimeSpan.FromMilliseconds(pending.DurationMs),
        };
        if (pending.Subject is not null)
            shown.Metadata[pending.SubjectKey!] = pending.Subject;
        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Metric))
        {
            shown.Metadata["value"] = pending.Value;
            shown.Metadata["kind"] = pending.Word;
            if (pending.Detail is not null)
                shown.Metadata["unit"] = pending.Detail;
        }
        else if (pending.Detail is not null)
        {
            shown.Metadata["message"] = pending.Detail;
        }

        if (ReferenceEquals(pending.Type, TelemetryEventTypes.Log))
            shown.Metadata["level"] = pending.Word;
        for (var i = 0; i < pending.MetadataCount; i++)
        {
            if (shown.Metadata[pending.Metadata![i].Key].IsNull)
                shown.Metadata[pending.Metadata[i].Key] = pending.Metadata[i].Value;
        }

        return shown;
    }

    private static PendingEvent ToPending(TelemetryEvent shown)
    {
        var count = 0;
        var entries = shown.Metadata?.Snapshot(out count);
        return new()
        {
            // A copy, so that the type is never taken for one of ours: what those write beside the metadata is in it already.
            Type = new string((shown.Type ?? "").ToCharArray()),
            UtcTicks = shown.Timestamp.UtcTicks,
            Success = shown.Success,
            DurationMs = shown.Duration?.TotalMilliseconds ?? double.NaN,
            Metadata = entries,
            MetadataCount = count,
        };
    }
}
