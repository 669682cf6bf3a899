namespace TelemetryKit.Api.Server;

/// <summary>
/// Whether the start is complete: the schema is up to date and the bootstrap keys exist. The port is open earlier. Also whether the stop
/// has begun.
/// </summary>
internal sealed class Readiness
{
    private volatile bool _isStarted;
    private volatile bool _isStopping;

    /// <summary>Whether requests that need the store are accepted.</summary>
    public bool IsStarted => _isStarted;

    /// <summary>Whether the server is about to stop. It still serves requests, but a load balancer should send no more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Sets <see cref="IsStarted"/>.</summary>
    public void SetStarted() => _isStarted = true;

    /// <summary>Sets <see cref="IsStopping"/>.</summary>
    public void SetStopping() => _isStopping = true;
}
