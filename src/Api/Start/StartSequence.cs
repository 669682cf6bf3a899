using TelemetryKit.Api.Cluster;
using TelemetryKit.Api.Demo;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.WarmUp;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Storage.Migrations;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Api.Start;

/// <summary>
/// The steps before the first request can be served, while the port is already open: migrations, the project <c>default</c> and its keys,
/// the grains, the warm-up, the banner.
/// </summary>
internal sealed partial class StartSequence(
    IStore store, Bootstrap bootstrap, Banner banner, ServerAddress address, GrainStart grains, ServerSettings settings,
    Readiness readiness, StartFaults faults, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StartSequence> log,
    IngestWarmUp? warmUp = null, DemoProject? demo = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Runs the steps. Returns <c>false</c> if one fails; the application is then stopped.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var grainsWithoutDatabase = Task.CompletedTask;
        try
        {
            // A server that can't listen leaves no files behind and changes no database.
            await address.ListeningAsync(cancellationToken);
            grainsWithoutDatabase = grains.StartWithoutDatabaseAsync();
            IReadOnlyList<BootstrapKey> keys = [];
            await RetryUntilAvailableAsync(async () =>
            {
                await store.MigrateAsync(cancellationToken);
                if (settings.Kind != ProcessKind.Silo)
                    keys = await bootstrap.RunAsync(cancellationToken);
            }, cancellationToken);
            await Task.WhenAll(
                grainsWithoutDatabase,
                grains.StartWithDatabaseAsync(cancellationToken),
                warmUp?.RunAsync(cancellationToken) ?? Task.CompletedTask);
            readiness.SetStarted();
            await banner.PrintAsync(keys, cancellationToken);
            // The server is ready: an outage of the store delays these steps and must not stop it.
            await RetryUntilAvailableAsync(() => banner.PrintOwnerLinkAsync(cancellationToken), cancellationToken);
            if (demo is not null)
                await RetryUntilAvailableAsync(() => demo.FillAsync(cancellationToken), cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var remedy = (e as StorageUnavailableException)?.Remedy;
            var isSetting = remedy is not null
                || e is BootstrapException or SiloPortException or MigrationException or ServerSecretException;
            faults.Add(new(remedy is null ? e.Message : $"{e.Message}. {remedy} ({store.Description})", isSetting));
            if (!isSetting && e is not DatabaseInUseException)
                LogFailed(log, e);
            // A silo that is stopped while it starts logs errors.
            await grainsWithoutDatabase.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
            return false;
        }
    }

    private async Task RetryUntilAvailableAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await step();
                return;
            }
            catch (StorageUnavailableException e) when (e.Remedy is null)
            {
                LogWaiting(log, e.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for the store: {Fault}")]
    private static partial void LogWaiting(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The start failed")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
