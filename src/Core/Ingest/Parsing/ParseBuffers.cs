namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Temporary buffers for parsing. One instance for each thread: parsing is synchronous, so no two calls share it.</summary>
internal sealed class ParseBuffers
{
    [ThreadStatic]
    private static ParseBuffers? _current;

    /// <summary>The buffers of the current thread.</summary>
    public static ParseBuffers Current => _current ??= new();

    /// <summary>
    /// A buffer for unescaped strings. The longest string within the limit has only code points beyond the BMP, each written as two
    /// escapes.
    /// </summary>
    public byte[] Text { get; } = new byte[Limits.StringLength * 12];

    /// <summary>A buffer for the JSON of metadata and contexts.</summary>
    public JsonOutput Json { get; } = new();

    /// <summary>The keys of the current metadata or context.</summary>
    public KeySet Keys { get; } = new();

    /// <summary>The ids of the request's events.</summary>
    public EventIdSet EventIds { get; } = new();

    /// <summary>The indices of events to remove.</summary>
    public List<int> Removed { get; } = [];
}
