namespace TelemetryKit.Hosting;

/// <summary>
/// Options of a service, in addition to <see cref="TelemetryOptions"/>. Both are read from the configuration section <c>TelemetryKit</c>.
/// </summary>
public sealed class TelemetryHostingOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "TelemetryKit";

    /// <summary>
    /// Whether the service records events. If it is not set, events are recorded except in the environment <c>Development</c>. Environment
    /// variables that disable telemetry, such as <c>DO_NOT_TRACK</c>, take precedence.
    /// </summary>
    public bool? Enabled { get; set; }

    /// <summary>
    /// How long stopping the host may wait for events to be sent: 0–60 s, by default 5 s. The remaining events stay on disk.
    /// </summary>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
