namespace TelemetryKit.Pipeline;

/// <summary>
/// An event between the call that tracked it and the background thread that writes it down. A struct in an array: recording one
/// allocates nothing.
/// </summary>
internal struct PendingEvent
{
    public string Type;

    /// <summary>The metadata key of the subject, <c>command</c> or <c>name</c>; null when there is no subject.</summary>
    public string? SubjectKey;

    public string? Subject;
    public long UtcTicks;

    /// <summary>Milliseconds; NaN when the event was not timed.</summary>
    public double DurationMs;

    public bool? Success;
    public MetadataEntry[]? Metadata;
    public int MetadataCount;

    /// <summary>A metric's value.</summary>
    public double Value;

    /// <summary>A metric's unit, or an error's or a log's message.</summary>
    public string? Detail;

    /// <summary>A metric's kind or a log's level, in the protocol's word.</summary>
    public string? Word;

    /// <summary>About what the event takes in memory.</summary>
    public readonly int Size
    {
        get
        {
            var size = 128 + (Subject?.Length ?? 0) + (Detail?.Length ?? 0);
            for (var i = 0; i < MetadataCount; i++)
            {
                var value = Metadata![i].Value.Reference;
                size += 32 + Metadata[i].Key.Length + (value is string text ? text.Length : value is Array array ? array.Length : 0);
            }

            return size;
        }
    }
}
