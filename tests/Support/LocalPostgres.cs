using System.Diagnostics;

namespace TelemetryKit.Support;

/// <summary>PostgreSQL as a process of this machine, created with <c>initdb</c> in a temporary folder.</summary>
internal sealed class LocalPostgres(PostgresBinaries binaries, int port) : IPostgresHost
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"telemetrykit-postgres-{Guid.NewGuid():N}");
    private Process? _postmaster;

    public string Description => $"the programs in {binaries.Folder}";

    public string ConnectionString => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    public int ProcessId => _postmaster is { HasExited: false } running ? running.Id : 0;

    public string DataFolder => Path.Combine(_folder, "data");

    public async Task CreateAsync(IReadOnlyList<string> settings)
    {
        Directory.CreateDirectory(_folder);
        await PostgresBinaries.GiveFolderAsync(_folder);
        await binaries.RunAsync("initdb", "-D", DataFolder, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8");
        string[] lines =
        [
            $"port={port}", "listen_addresses='127.0.0.1'", "unix_socket_directories=''", "logging_collector=on", "log_directory='log'",
            "log_filename='server.log'", .. settings,
        ];
        await File.AppendAllLinesAsync(Path.Combine(DataFolder, "postgresql.conf"), lines);
    }

    public Task StartAsync()
    {
        if (ProcessId != 0)
            return Task.CompletedTask;

        // A killed postmaster leaves its lock file, and backends that don't exit at once. Until they have, a start fails and is retried by
        // the caller.
        _postmaster?.Dispose();
        _postmaster = binaries.Start("postgres", "-D", DataFolder);
        return Task.CompletedTask;
    }

    public void Kill()
    {
        if (_postmaster is { HasExited: false } running)
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    public async Task StopAsync()
    {
        await binaries.RunAsync("pg_ctl", "stop", "-D", DataFolder, "-m", "fast", "-w");
        if (_postmaster is { } stopped)
            await stopped.WaitForExitAsync();
    }

    public async Task<string> ReadLogAsync()
    {
        var log = Path.Combine(DataFolder, "log", "server.log");
        return File.Exists(log) ? string.Join('\n', (await File.ReadAllLinesAsync(log)).TakeLast(20)) : "(none)";
    }

    public async ValueTask RemoveAsync()
    {
        Kill();
        _postmaster?.Dispose();
        _postmaster = null;

        // The backends of a killed postmaster may still write files until they exit.
        for (var attempt = 0; attempt < 50 && Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(20);
            }
        }
    }
}
