using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TelemetryKit.Support;

/// <summary>
/// A PostgreSQL server for tests, with fsync on as in production. It is the one of the connection string in
/// <c>TELEMETRYKIT_TEST_POSTGRES</c> if that is set, which can't be killed or stopped (<see cref="CanBeKilled"/>); else a container if a
/// container engine responds; else a server made with the machine's own programs. What was made is gone when disposed. The standard error
/// says which one it is.
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

    /// <summary>Why no server can be made here, as a sentence for <c>Assert.Skip</c>; <c>null</c> if one can.</summary>
    public static string? MissingReason { get; } =
        ExternalServer is not null || ContainerEngine.IsAvailable || PostgresBinaries.Find() is not null
            ? null
            : "No PostgreSQL: TELEMETRYKIT_TEST_POSTGRES is not set, no container engine responds, and no server programs are installed.";

    /// <summary>False for a server that was handed to us: <see cref="KillPostmaster"/> and <see cref="StopAsync"/> throw.</summary>
    public bool CanBeKilled => _host is not null;

    /// <summary>The postmaster's process id; 0 while it isn't running, or isn't a process of ours.</summary>
    public int ProcessId => _host?.ProcessId ?? 0;

    /// <summary>The server's data folder; empty if it isn't one of this machine.</summary>
    public string DataFolder => _host?.DataFolder ?? "";

    private static string? ExternalServer => Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_POSTGRES") is { Length: > 0 } set ? set : null;

    /// <summary>The server that all tests of this process share; started on first use and removed when the process ends.</summary>
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

    /// <summary>Makes and starts a server. Throws if <see cref="MissingReason"/> says why there is none.</summary>
    /// <param name="settings">Server settings beyond the defaults, such as <c>max_connections=200</c>.</param>
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
    /// Starts the server again after <see cref="KillPostmaster"/> or <see cref="StopAsync"/>; returns when it accepts connections.
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
                throw new InvalidOperationException($"PostgreSQL did not start in three minutes; its log: {await host.ReadLogAsync()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Kills the postmaster as <c>kill -9</c> does: every connection drops, nothing is flushed. <see cref="StartAsync"/> recovers.</summary>
    public void KillPostmaster() => OwnHost().Kill();

    /// <summary>Shuts down in order ("fast": sessions are ended, data is flushed).</summary>
    public Task StopAsync() => OwnHost().StopAsync();

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(
            CultureInfo.InvariantCulture, $"t{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Guid.NewGuid().ToString("N")[..8]}");
        // Patient: a machine that runs many suites at once answers late, and a test should not fail for that.
        var patient = new NpgsqlConnectionStringBuilder(_adminConnectionString) { Timeout = 60, CommandTimeout = 180 };
        await using var connection = new NpgsqlConnection(patient.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        patient.Database = name;
        patient.Pooling = true;
        return patient.ConnectionString;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host?.RemoveAsync() ?? ValueTask.CompletedTask;

    private static IPostgresHost NewHost()
    {
        if (ContainerEngine.IsAvailable)
            return new ContainerPostgres(FreePort());
        return new LocalPostgres(PostgresBinaries.Find() ?? throw new InvalidOperationException(MissingReason), FreePort());
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private IPostgresHost OwnHost() =>
        _host ?? throw new InvalidOperationException("The server of TELEMETRYKIT_TEST_POSTGRES is not ours to start or stop.");

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
