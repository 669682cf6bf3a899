namespace TelemetryKit.Api.Server;

/// <summary>Whether the start is through: the schema is up to date and the bootstrap keys exist. The port is open before that.</summary>
internal sealed class Readiness
{
    private volatile bool _isStarted;

    /// <summary>Whether requests that need the store make sense.</summary>
    public bool IsStarted => _isStarted;

    /// <summary>Notes that the start is through.</summary>
    public void SetStarted() => _isStarted = true;
}
