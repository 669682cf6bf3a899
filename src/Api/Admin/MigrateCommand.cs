using System.CommandLine;
using System.Diagnostics;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Migrations;

namespace TelemetryKit.Api.Admin;

/// <summary>The command <c>TelemetryKit.Api admin migrate</c>, which brings the schema to the version of the program and exits.</summary>
internal static class MigrateCommand
{
    private const int DefaultWait = 60;
    private const int MaxWait = 3600;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Creates the command.</summary>
    /// <param name="run">Runs work on the store of the server's settings.</param>
    public static Command Create(
        Func<ParseResult, Func<IStore, InvocationConfiguration, CancellationToken, Task<int>>, CancellationToken, Task<int>> run)
    {
        var wait = new Option<int>("--wait")
        {
            Description = "Seconds to wait for a database that can't be reached.", DefaultValueFactory = _ => DefaultWait,
        };
        wait.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MaxWait)
                result.AddError($"--wait must be from 0 to {MaxWait}.");
        });
        var migrate = new Command(
            "migrate", "Migrates the database to this version and exits, so that servers that start later find it migrated.")
        {
            wait,
        };
        migrate.SetAction((parsed, ct) =>
        {
            var most = TimeSpan.FromSeconds(parsed.GetValue(wait));
            return run(parsed, (store, console, token) => MigrateAsync(store, most, console, token), ct);
        });
        return migrate;
    }

    private static async Task<int> MigrateAsync(
        IStore store, TimeSpan most, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await store.MigrateAsync(cancellationToken);
                await console.Output.WriteLineAsync($"The database has the schema of this version ({store.Description}).");
                return 0;
            }
            catch (StorageUnavailableException e) when (e.Remedy is null && Stopwatch.GetElapsedTime(since) < most)
            {
                await console.Error.WriteLineAsync($"Waiting for the database: {e.Message}");
                await Task.Delay(Pause, cancellationToken);
            }
            catch (StorageUnavailableException e) when (e.Remedy is null)
            {
                await console.Error.WriteLineAsync(
                    $"The database was not migrated, because it couldn't be reached for {most.TotalSeconds:0} seconds: {e.Message}");
                return 1;
            }
            catch (StorageUnavailableException e)
            {
                await console.Error.WriteLineAsync($"The database was not migrated: {e.Message}. {e.Remedy} ({store.Description})");
                return SettingFaults.ExitCode;
            }
            catch (MigrationException e)
            {
                await console.Error.WriteLineAsync($"The database was not migrated: {e.Message}");
                return SettingFaults.ExitCode;
            }
        }
    }
}
