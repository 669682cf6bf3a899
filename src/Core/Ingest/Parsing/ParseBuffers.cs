namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Memory that parsing needs for a moment. One for each thread: a parse never waits, so no two of them meet.</summary>
internal sealed class ParseBuffers
{
    [ThreadStatic]
    private static ParseBuffers? _current;

    /// <summary>This thread's.</summary>
    public static ParseBuffers Current => _current ??= new();

    /// <summary>
    /// Where a string with escapes is unescaped. The longest one within its limit has all its code points beyond the BMP, each
    /// written as two escapes.
    /// </summary>
    public byte[] Text { get; } = new byte[Limits.StringLength * 12];

    /// <summary>Where metadata and contexts are put together.</summary>
    public JsonOutput Json { get; } = new();

    /// <summary>The keys of the metadata or context that is being read.</summary>
    public KeySet Keys { get; } = new();

    /// <summary>The ids of the request's events.</summary>
    public EventIdSet EventIds { get; } = new();

    /// <summary>Places of events that have to go.</summary>
    public List<int> Removed { get; } = [];
}
