using TelemetryKit.Json;

namespace TelemetryKit.Pipeline;

/// <summary>Counts what was not kept or not delivered, by reason, until a batch carries the counts to the server.</summary>
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

    /// <summary>Moves the counts into a line of their own; false when there are none.</summary>
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
