namespace TelemetryKit.Pipeline;

/// <summary>
/// A recorded event that the background thread has not yet written. A struct that is stored in an array, so that recording does not
/// allocate.
/// </summary>
internal struct PendingEvent
{
    public string Type;

    /// <summary>The metadata key of the subject, such as <c>command</c> or <c>name</c>; null if there is no subject.</summary>
    public string? SubjectKey;

    public string? Subject;
    public long UtcTicks;

    /// <summary>The duration in milliseconds; NaN if the event was not timed.</summary>
    public double DurationMs;

    public bool? Success;
    public MetadataEntry[]? Metadata;
    public int MetadataCount;

    /// <summary>The value of a metric.</summary>
    public double Value;

    /// <summary>The unit of a metric, or the message of an error or a log event.</summary>
    public string? Detail;

    /// <summary>The kind of a metric or the level of a log event, as the protocol defines them.</summary>
    public string? KindOrLevel;

    /// <summary>The approximate size in memory, in bytes.</summary>
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
