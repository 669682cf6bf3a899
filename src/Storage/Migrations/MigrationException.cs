namespace TelemetryKit.Storage.Migrations;

/// <summary>The schema can't be migrated. The message contains the cause and the remedy. A retry fails again.</summary>
public sealed class MigrationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MigrationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
