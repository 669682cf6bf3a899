namespace TelemetryKit.Support;

/// <summary>How a PostgreSQL server of the tests runs: as a local process or in a container. It listens on a fixed loopback port.</summary>
internal interface IPostgresHost
{
    /// <summary>What it is, for the log.</summary>
    string Description { get; }

    /// <summary>Its superuser's connection.</summary>
    string ConnectionString { get; }

    /// <summary>The postmaster's process id; 0 while it isn't running, or if it isn't a process of this machine.</summary>
    int ProcessId { get; }

    /// <summary>The data folder; empty if it isn't on this machine.</summary>
    string DataFolder { get; }

    /// <summary>Makes the empty server.</summary>
    /// <param name="settings">Server settings such as <c>max_connections=200</c>.</param>
    Task CreateAsync(IReadOnlyList<string> settings);

    /// <summary>Starts the server if it isn't running. It may accept connections only later.</summary>
    Task StartAsync();

    /// <summary>Kills the postmaster as <c>kill -9</c> does.</summary>
    void Kill();

    /// <summary>Shuts down in order: sessions are ended, data is flushed.</summary>
    Task StopAsync();

    /// <summary>The end of the server's log.</summary>
    Task<string> ReadLogAsync();

    /// <summary>Removes the server and its data.</summary>
    ValueTask RemoveAsync();
}
