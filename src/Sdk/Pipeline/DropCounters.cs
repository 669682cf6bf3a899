using TelemetryKit.Json;

namespace TelemetryKit.Pipeline;

/// <summary>Counts what was not kept or not delivered, by reason, until a batch carries the counts to the server.</summary>
internal sealed class DropCounters
{
    private readonly object _gate = new();
    private Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string reason, int count)
    {
        if (count <= 0) return;
        lock (_gate)
        {
            _counts.TryGetValue(reason, out var before);
            _counts[reason] = before + count;
        }
    }

    /// <summary>Moves the counts into a line of their own; false when there are none.</summary>
    public bool TryWriteLine(Utf8Buffer lines)
    {
        Dictionary<string, int> counts;
        lock (_gate)
        {
            if (_counts.Count == 0) return false;
            counts = _counts;
            _counts = new(StringComparer.Ordinal);
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
