namespace TelemetryKit.Storage.Migrations;

/// <summary>The schema can't be brought to what this program needs; the message says why and what to do. Starting again doesn't help.</summary>
public sealed class MigrationException : Exception
{
    /// <summary>Makes it.</summary>
    public MigrationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
