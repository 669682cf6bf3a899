namespace TelemetryKit.Api.Settings;

/// <summary>The kinds of processes that are built from this project.</summary>
public enum ProcessKind
{
    /// <summary>A server with all routes.</summary>
    Server,

    /// <summary>A silo: health, metrics and background work, without the public API.</summary>
    Silo,
}
