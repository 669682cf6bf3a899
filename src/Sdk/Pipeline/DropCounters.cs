using TelemetryKit.Json;

namespace TelemetryKit.Pipeline;

/// <summary>Counts dropped events by reason, until a batch reports the numbers to the server. Thread-safe.</summary>
internal sealed class DropCounters
{
    private readonly object _gate = new();
    private Dictionary<string, int>? _counts;

    /// <summary>Whether there is anything to report.</summary>
    public volatile bool Any;

    public void Add(string reason, int count)
    {
        if (count <= 0)
            return;
        lock (_gate)
        {
            _counts ??= new(StringComparer.Ordinal);
            _counts.TryGetValue(reason, out var before);
            _counts[reason] = before + count;
            Any = true;
        }
    }

    /// <summary>Writes the numbers as a line and resets them. Returns false if there are none.</summary>
    public bool TryWriteLine(Utf8Buffer lines)
    {
        Dictionary<string, int> counts;
        lock (_gate)
        {
            if (_counts is null)
                return false;
            counts = _counts;
            _counts = null;
            Any = false;
        }

        var separator = "!{";
        foreach (var count in counts)
        {
            lines.Ascii(separator);
            lines.String(count.Key);
            lines.Byte((byte)':');
            lines.Integer(count.Value);
            separator = ",";
        }

        lines.Ascii("}\n");
        return true;
    }
}
