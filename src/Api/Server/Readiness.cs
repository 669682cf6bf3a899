namespace TelemetryKit.Api.Server;

/// <summary>Whether the start is complete: the schema is up to date and the bootstrap keys exist. The port is open earlier.</summary>
internal sealed class Readiness
{
    private volatile bool _isStarted;

    /// <summary>Whether requests that need the store are accepted.</summary>
    public bool IsStarted => _isStarted;

    /// <summary>Sets <see cref="IsStarted"/>.</summary>
    public void SetStarted() => _isStarted = true;
}
