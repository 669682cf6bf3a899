using System.Diagnostics;
using Npgsql;

namespace TelemetryKit.Storage.Backups;

/// <summary>
/// The programs <c>pg_dump</c> and <c>pg_restore</c> of PostgreSQL: the newest that Debian has installed, otherwise those of the PATH.
/// </summary>
/// <param name="connectionString">The connection string of Npgsql. The programs get it as variables, so that no list of processes has the
/// password.</param>
internal sealed class PostgresPrograms(string connectionString)
{
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="exchange">Writes its input and reads its output; both end with the task.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="BackupException">The program is missing or fails. The message contains what it printed.</exception>
    public async Task RunAsync(
        string program,
        IEnumerable<string> arguments,
        Func<Stream, Stream, CancellationToken, Task> exchange,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(program), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in Variables())
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new BackupException($"{program} can't be started.");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            Exception? broken = null;
            try
            {
                await exchange(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException fault) when (process.WaitForExit(TimeSpan.FromSeconds(5)) && process.ExitCode != 0)
            {
                // The program ended before it had read everything; what it printed is the reason.
                broken = fault;
            }

            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0 || broken is not null)
                throw new BackupException($"{program} failed ({process.ExitCode}): {(await errors).Trim()}", broken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static string Find(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var debian = Directory.Exists(DebianFolder)
            ? Directory.GetDirectories(DebianFolder)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        // Debian's own pg_dump of the PATH is a script that chooses the version of a local cluster; the newest can dump older servers.
        return debian.Concat(folders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new BackupException(
                $"{program} is missing. Install the client programs of PostgreSQL, at least of the server's version "
                + "(on Debian: postgresql-client).");
    }

    private Dictionary<string, string> Variables()
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var variables = new Dictionary<string, string>
        {
            ["PGHOST"] = settings.Host!,
            ["PGPORT"] = $"{settings.Port}",
            ["PGDATABASE"] = settings.Database!,
            ["PGSSLMODE"] = settings.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
            ["PGCONNECT_TIMEOUT"] = $"{settings.Timeout}",
            ["PGAPPNAME"] = "telemetrykit-backup",
        };
        foreach (var (name, value) in ((string, string?)[])[
            ("PGUSER", settings.Username), ("PGPASSWORD", settings.Password), ("PGPASSFILE", settings.Passfile),
            ("PGSSLROOTCERT", settings.RootCertificate), ("PGSSLCERT", settings.SslCertificate), ("PGSSLKEY", settings.SslKey)])
        {
            if (!string.IsNullOrEmpty(value))
                variables[name] = value;
        }

        return variables;
    }
}
