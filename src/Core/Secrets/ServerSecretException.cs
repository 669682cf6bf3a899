namespace TelemetryKit.Core.Secrets;

/// <summary>
/// The server's secret is missing or isn't that of the database. The message contains the cause and the remedy. A retry fails again.
/// </summary>
public sealed class ServerSecretException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ServerSecretException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
