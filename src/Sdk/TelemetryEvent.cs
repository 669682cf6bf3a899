namespace TelemetryKit;

/// <summary>
/// One thing that happened, as it will be sent: what <see cref="TelemetryOptions.BeforeSend"/> may change and what a
/// backend receives. Times are UTC.
/// </summary>
public sealed class TelemetryEvent
{
    /// <summary>A UUID of version 7; the same on every attempt to send the event.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>What happened: one of <see cref="TelemetryEventTypes"/> or a word of the author's.</summary>
    public string Type { get; set; } = "";

    /// <summary>When it happened, by this machine's clock.</summary>
    public DateTimeOffset Timestamp { get; set; }

    /// <summary>The anonymous install. Hashed with the service's name: two tools cannot be joined by it.</summary>
    public string UserId { get; internal set; } = "";

    /// <summary>One run of the tool.</summary>
    public string SessionId { get; internal set; } = "";

    /// <summary>Whether it went well; null when nobody said.</summary>
    public bool? Success { get; set; }

    /// <summary>How long it took; null when it was not timed.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>What the event says beyond this, its subject included: <c>command</c>, <c>feature</c>, <c>name</c> …</summary>
    public TelemetryMetadata Metadata { get; set; } = new();
}
