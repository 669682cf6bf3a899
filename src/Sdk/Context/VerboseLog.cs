namespace TelemetryKit.Context;

/// <summary>Tells the curious what happens, on standard error; silent unless <c>TELEMETRYKIT_VERBOSE</c> is set.</summary>
internal sealed class VerboseLog(Host host, bool enabled)
{
    public bool Enabled { get; } = enabled;

    public void Write(string message)
    {
        if (!Enabled) return;
        try
        {
            host.Error.WriteLine("telemetry: " + message);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Standard error is closed: there is nobody to tell.
        }
    }
}
