namespace TelemetryKit.Context;

/// <summary>
/// Reports what the client does: on standard error if <c>TELEMETRYKIT_VERBOSE</c> is set, and to <see cref="TelemetryOptions.Log"/>.
/// </summary>
internal sealed class VerboseLog(Host host, bool verbose, Action<string>? listener = null)
{
    public readonly bool Enabled = verbose || listener is not null;

    public void Write(string message)
    {
        if (!Enabled)
            return;
        try
        {
            if (verbose)
                host.Error.WriteLine("telemetry: " + message);
            listener?.Invoke(message);
        }
#pragma warning disable CA1031 // Standard error may be closed, and the listener is the host's code. There is nowhere to report this.
        catch
#pragma warning restore CA1031
        {
            // Telemetry continues without the message.
        }
    }
}
