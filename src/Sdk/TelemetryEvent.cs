namespace TelemetryKit;

/// <summary>
/// An event as it is sent. <see cref="TelemetryOptions.BeforeSend"/> may change it, and backends receive it. Times are UTC.
/// </summary>
public sealed class TelemetryEvent
{
    /// <summary>The event's id, a version 7 UUID that is the same on every attempt to send the event.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>What happened: one of <see cref="TelemetryEventTypes"/> or a custom type.</summary>
    public string Type { get; set; } = "";

    /// <summary>When it happened, according to this machine's clock.</summary>
    public DateTimeOffset Timestamp { get; set; }

    /// <summary>
    /// The anonymous id of the installation. It is hashed with the service's name, so events of two tools cannot be correlated by it.
    /// </summary>
    public string UserId { get; internal set; } = "";

    /// <summary>The id of the run of the tool.</summary>
    public string SessionId { get; internal set; } = "";

    /// <summary>Whether it succeeded; null if this is unknown.</summary>
    public bool? Success { get; set; }

    /// <summary>How long it took; null if it was not timed.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>Further data, including the subject: <c>command</c>, <c>feature</c>, <c>name</c> and so on.</summary>
    public TelemetryMetadata Metadata { get; set; } = new();
}
