using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace TelemetryKit.Support;

/// <summary>
/// A PostgreSQL server for tests, with fsync on as in production: the server of the connection string in <c>TELEMETRYKIT_TEST_POSTGRES</c>
/// if it is set (it can't be killed or stopped, see <see cref="CanBeKilled"/>), otherwise a container if a container engine responds,
/// otherwise a process of the programs on this machine. Disposing removes a created server. The standard error names the one that is used.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim SharedGate = new(1, 1);
    private static PostgresServer? _shared;

    private readonly IPostgresHost? _host;
    private readonly string _adminConnectionString;
    private int _databases;

    private PostgresServer(string connectionString, IPostgresHost? host)
    {
        _host = host;
        _adminConnectionString = connectionString;
        Console.Error.WriteLine($"The tests use PostgreSQL from {host?.Description ?? "TELEMETRYKIT_TEST_POSTGRES"}.");
    }

    /// <summary>
    /// The reason why no server can be created on this machine, as a sentence for <c>Assert.Skip</c>, or <c>null</c> if one can.
    /// </summary>
    public static string? MissingReason { get; } =
        ExternalServer is not null || ContainerEngine.IsAvailable || PostgresBinaries.Find() is not null
            ? null
            : "No PostgreSQL: TELEMETRYKIT_TEST_POSTGRES is not set, no container engine responds, and no server programs are installed.";

    /// <summary>False for an external server, for which <see cref="KillPostmaster"/> and <see cref="StopAsync"/> throw.</summary>
    public bool CanBeKilled => _host is not null;

    /// <summary>The process id of the postmaster; 0 if it isn't running, or if it isn't a process of this machine.</summary>
    public int ProcessId => _host?.ProcessId ?? 0;

    /// <summary>The data folder of the server; empty if it isn't on this machine.</summary>
    public string DataFolder => _host?.DataFolder ?? "";

    private static string? ExternalServer =>
        Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_POSTGRES") is { Length: > 0 } connectionString ? connectionString : null;

    /// <summary>Returns the server that all tests of this process share. It is removed when the process exits.</summary>
    public static async Task<PostgresServer> SharedAsync()
    {
        await SharedGate.WaitAsync();
        try
        {
            if (_shared is null)
            {
                _shared = await CreateAsync();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => _shared.DisposeAsync().AsTask().Wait();
            }

            return _shared;
        }
        finally
        {
            SharedGate.Release();
        }
    }

    /// <summary>Creates and starts a server.</summary>
    /// <param name="settings">Server settings that differ from the defaults, such as <c>max_connections=200</c>.</param>
    /// <exception cref="InvalidOperationException"><see cref="MissingReason"/> isn't <c>null</c>, or the start failed.</exception>
    public static async Task<PostgresServer> CreateAsync(params string[] settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (ExternalServer is { } connectionString)
            return new PostgresServer(connectionString, null);
        var host = NewHost();
        var server = new PostgresServer(host.ConnectionString + ";Pooling=false;Timeout=5", host);
        try
        {
            await host.CreateAsync(settings);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await host.RemoveAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts the server after <see cref="KillPostmaster"/> or <see cref="StopAsync"/>. Returns when it accepts connections.
    /// </summary>
    public async Task StartAsync()
    {
        var host = OwnHost();
        var deadline = Stopwatch.GetTimestamp() + (180 * Stopwatch.Frequency);
        while (true)
        {
            await host.StartAsync();
            if (await AcceptsConnectionsAsync())
                return;
            if (Stopwatch.GetTimestamp() > deadline)
                throw new InvalidOperationException($"PostgreSQL did not start in three minutes. Its log: {await host.ReadLogAsync()}");
            await Task.Delay(50);
        }
    }

    /// <summary>
    /// Kills the postmaster (SIGKILL): every connection drops, nothing is flushed. <see cref="StartAsync"/> recovers the data.
    /// </summary>
    public void KillPostmaster() => OwnHost().Kill();

    /// <summary>Shuts the server down ("fast": sessions are ended, data is flushed).</summary>
    public Task StopAsync() => OwnHost().StopAsync();

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var number = Interlocked.Increment(ref _databases);
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}_{number}_{Guid.NewGuid().ToString("N")[..8]}");
        // The timeouts are long enough for a machine that runs several suites at once.
        var settings = new NpgsqlConnectionStringBuilder(_adminConnectionString) { Timeout = 60, CommandTimeout = 180 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        settings.Database = name;
        settings.Pooling = true;
        return settings.ConnectionString;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host?.RemoveAsync() ?? ValueTask.CompletedTask;

    private static IPostgresHost NewHost()
    {
        if (ContainerEngine.IsAvailable)
            return new ContainerPostgres(FreePort.Find());
        return new LocalPostgres(PostgresBinaries.Find() ?? throw new InvalidOperationException(MissingReason), FreePort.Find());
    }

    private IPostgresHost OwnHost() =>
        _host ?? throw new InvalidOperationException("The server of TELEMETRYKIT_TEST_POSTGRES can't be started or stopped.");

    private async Task<bool> AcceptsConnectionsAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(_adminConnectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
