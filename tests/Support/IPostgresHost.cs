namespace TelemetryKit.Support;

/// <summary>A PostgreSQL server of the tests, as a local process or in a container. It listens on a fixed loopback port.</summary>
internal interface IPostgresHost
{
    /// <summary>The description for the log.</summary>
    string Description { get; }

    /// <summary>The connection string of the superuser.</summary>
    string ConnectionString { get; }

    /// <summary>The process id of the postmaster; 0 if it isn't running, or if it isn't a process of this machine.</summary>
    int ProcessId { get; }

    /// <summary>The data folder; empty if it isn't on this machine.</summary>
    string DataFolder { get; }

    /// <summary>Creates the empty server.</summary>
    /// <param name="settings">Server settings such as <c>max_connections=200</c>.</param>
    Task CreateAsync(IReadOnlyList<string> settings);

    /// <summary>Starts the server if it isn't running. Returns before it accepts connections.</summary>
    Task StartAsync();

    /// <summary>Kills the postmaster (SIGKILL).</summary>
    void Kill();

    /// <summary>Shuts the server down ("fast": sessions are ended, data is flushed).</summary>
    Task StopAsync();

    /// <summary>Returns the last lines of the server's log.</summary>
    Task<string> ReadLogAsync();

    /// <summary>Removes the server and its data.</summary>
    ValueTask RemoveAsync();
}
