namespace TelemetryKit.Hosting;

/// <summary>
/// What a service says about its telemetry beside <see cref="TelemetryOptions"/>. Both are read from the configuration section
/// <c>TelemetryKit</c>.
/// </summary>
public sealed class TelemetryHostingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "TelemetryKit";

    /// <summary>
    /// Whether the service records. Not set, it does, except in the environment <c>Development</c>. The variables that a user
    /// switches telemetry off with, <c>DO_NOT_TRACK</c> among them, win over this.
    /// </summary>
    public bool? Enabled { get; set; }

    /// <summary>How long stopping the host may wait for what was recorded to be sent: 0–60 s. The rest waits on disk.</summary>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
