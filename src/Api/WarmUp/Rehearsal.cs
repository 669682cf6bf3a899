using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Ingest;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.WarmUp;

/// <summary>
/// Sends batches over HTTP to a second instance of the ingest path in this process, which listens on the loopback interface and rolls its
/// commits back. It has its own key and project, meters and activities that nothing collects and no logs, so it leaves no trace.
/// </summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    private const int Connections = 8;

    // 0.9 s, so that a start takes less than a second more.
    private const int MaxIntervals = 18;
    private const int QuietIntervals = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly WebApplication _app;

    private Rehearsal(WebApplication app) => _app = app;

    /// <summary>Sends requests until the runtime has nothing more to compile, but ends after 0.9 s.</summary>
    /// <exception cref="InvalidOperationException">A request was not accepted.</exception>
    public static async Task RunAsync(ICommitStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var compiled = WaitUntilCompiledAsync(cancellationToken);
        var key = new RehearsalKey(time);
        await using var rehearsal = new Rehearsal(Build(key, store, time));
        await rehearsal._app.StartAsync(cancellationToken);
        var port = new Uri(rehearsal._app.Urls.First()).Port;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = Enumerable.Range(0, Connections)
            .Select(i => Task.Run(() => RehearsalClient.RunAsync(port, key.Text, i, time.GetUtcNow(), stop.Token), CancellationToken.None))
            .ToArray();
        await Task.WhenAny(compiled, Task.WhenAll(clients));
        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.Services.GetRequiredService<IngestPipeline>().DrainAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(RehearsalKey key, ICommitStore store, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseServerDefaults();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IMeterFactory, UnobservedMeters>();
        builder.Services.AddSingleton(new ActivitySource(nameof(Rehearsal)));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(TelemetryKitMetrics.Unobserved());
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton<IProjectViews, NoViews>();
        builder.Services.AddSingleton<IngestPipeline>();
        builder.Services.AddSingleton<IKeyLookup>(key);
        builder.Services.AddSingleton<UnknownCredentials>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton(_ =>
        {
            var readiness = new Readiness();
            readiness.SetStarted();
            return readiness;
        });
        builder.Services.AddRouting();
        builder.Services.AddHttp();
        builder.Services.AddIngest();
        var app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.UseCors();
        app.MapIngest();
        return app;
    }

    private static async Task WaitUntilCompiledAsync(CancellationToken cancellationToken)
    {
        var (compiled, quiet) = (0L, 0);
        for (var interval = 0; interval < MaxIntervals && quiet < QuietIntervals; interval++)
        {
            await Task.Delay(Interval, cancellationToken);
            var now = JitInfo.GetCompiledMethodCount();
            (compiled, quiet) = (now, now == compiled ? quiet + 1 : 0);
        }
    }

    /// <summary>Creates meters with names that no exporter collects.</summary>
    private sealed class UnobservedMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(nameof(Rehearsal) + "." + options.Name);

        public void Dispose()
        {
        }
    }

    /// <summary>Leaves signals to the server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NoViews : IProjectViews
    {
        public Task<TAnswer> AskAsync<TAnswer>(
            Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void MergeCommitted(IReadOnlyList<RollupDelta> deltas)
        {
        }
    }
}
