namespace TelemetryKit.Storage.Backups;

/// <summary>A backup or a restore that can't be made. The message contains the cause and the remedy; nothing was changed.</summary>
public sealed class BackupException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BackupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
