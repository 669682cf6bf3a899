using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TelemetryKit.Support;

/// <summary>
/// A PostgreSQL server of the test's own: made with <c>initdb</c> in a temporary folder, started on a free loopback port, with
/// fsync on as in production, and gone when disposed. Where <c>TELEMETRYKIT_TEST_POSTGRES</c> holds a connection string, that server is used
/// instead; it can't be killed or stopped (<see cref="CanBeKilled"/>).
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim SharedGate = new(1, 1);
    private static PostgresServer? _shared;

    private readonly PostgresBinaries? _binaries;
    private readonly string _folder = "";
    private readonly string _adminConnectionString;
    private readonly int _port;
    private Process? _postmaster;
    private int _databases;

    private PostgresServer(string connectionString) => _adminConnectionString = connectionString;

    private PostgresServer(PostgresBinaries binaries)
    {
        _binaries = binaries;
        _folder = Path.Combine(Path.GetTempPath(), $"telemetrykit-postgres-{Guid.NewGuid():N}");
        _port = FreePort();
        _adminConnectionString = $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=false;Timeout=5";
    }

    /// <summary>Why no server can be made here, as a sentence for <c>Assert.Skip</c>; <c>null</c> where one can.</summary>
    public static string? MissingReason { get; } =
        ExternalServer is not null || PostgresBinaries.Find() is not null
            ? null
            : "No PostgreSQL: its server binaries are not installed, and TELEMETRYKIT_TEST_POSTGRES is not set.";

    /// <summary>False for a server that was handed to us: <see cref="KillPostmaster"/> and <see cref="StopAsync"/> throw.</summary>
    public bool CanBeKilled => _binaries is not null;

    /// <summary>The postmaster's process id; 0 while it isn't running, or isn't ours.</summary>
    public int ProcessId => _postmaster is { HasExited: false } running ? running.Id : 0;

    /// <summary>The server's data folder; empty where it isn't ours.</summary>
    public string DataFolder => _folder.Length == 0 ? "" : Path.Combine(_folder, "data");

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
                AppDomain.CurrentDomain.ProcessExit += (_, _) => _shared.Remove();
            }

            return _shared;
        }
        finally
        {
            SharedGate.Release();
        }
    }

    /// <summary>Makes and starts a server of one's own. Throws where <see cref="MissingReason"/> says why not.</summary>
    /// <param name="settings">Server settings beyond the defaults, such as <c>max_connections=200</c>.</param>
    public static async Task<PostgresServer> CreateAsync(params string[] settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (ExternalServer is { } connectionString)
            return new PostgresServer(connectionString);
        var server = new PostgresServer(PostgresBinaries.Find() ?? throw new InvalidOperationException(MissingReason));
        try
        {
            await server.InitialiseAsync(settings);
            await server.StartAsync();
            return server;
        }
        catch
        {
            server.Remove();
            throw;
        }
    }

    /// <summary>Starts the server again after <see cref="KillPostmaster"/> or <see cref="StopAsync"/>, and returns when it answers.</summary>
    public async Task StartAsync()
    {
        var binaries = OwnBinaries();
        var deadline = Stopwatch.GetTimestamp() + (180 * Stopwatch.Frequency);
        while (true)
        {
            if (ProcessId == 0)
            {
                // A killed postmaster leaves its lock file, and backends that need a moment to notice; a start before that fails and is tried again.
                _postmaster?.Dispose();
                _postmaster = binaries.Start("postgres", "-D", DataFolder);
            }

            if (await AnswersAsync())
                return;
            if (Stopwatch.GetTimestamp() > deadline)
                throw new InvalidOperationException($"PostgreSQL did not start within three minutes; its log: {ReadLog()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Kills the postmaster as <c>kill -9</c> does: every connection drops, nothing is flushed. <see cref="StartAsync"/> recovers.</summary>
    public void KillPostmaster()
    {
        OwnBinaries();
        if (_postmaster is { HasExited: false } running)
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    /// <summary>Shuts down in order ("fast": sessions are ended, data is flushed).</summary>
    public async Task StopAsync()
    {
        await OwnBinaries().RunAsync("pg_ctl", "stop", "-D", DataFolder, "-m", "fast", "-w");
        if (_postmaster is { } stopped)
            await stopped.WaitForExitAsync();
    }

    /// <summary>Makes an empty database and answers its connection string.</summary>
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
    public ValueTask DisposeAsync()
    {
        Remove();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private PostgresBinaries OwnBinaries() =>
        _binaries ?? throw new InvalidOperationException("The server of TELEMETRYKIT_TEST_POSTGRES is not ours to start or stop.");

    private async Task InitialiseAsync(string[] settings)
    {
        var binaries = OwnBinaries();
        Directory.CreateDirectory(_folder);
        await PostgresBinaries.GiveFolderAsync(_folder);
        await binaries.RunAsync(
            "initdb", "-D", DataFolder, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8");
        string[] own =
        [
            $"port={_port}", "listen_addresses='127.0.0.1'", "unix_socket_directories=''", "logging_collector=on", "log_directory='log'",
            "log_filename='server.log'", .. settings,
        ];
        await File.AppendAllLinesAsync(Path.Combine(DataFolder, "postgresql.conf"), own);
    }

    private async Task<bool> AnswersAsync()
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

    private string ReadLog()
    {
        var log = Path.Combine(DataFolder, "log", "server.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : "(none)";
    }

    private void Remove()
    {
        if (_binaries is null)
            return;
        KillPostmaster();
        _postmaster?.Dispose();
        _postmaster = null;

        // The backends of a killed postmaster may still be writing their last files while they notice.
        for (var attempt = 0; attempt < 50 && Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(20);
            }
        }
    }
}
