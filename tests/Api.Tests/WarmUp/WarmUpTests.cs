using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Api.WarmUp;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Tests.WarmUp;

// Meters and activities are shared by all servers of a process, so these tests don't run in parallel with others.
[Collection(nameof(Alone))]
public sealed class WarmUpTests
{
    private const string Failed = "warm-up failed";

    [Fact]
    public async Task It_commits_batches_and_leaves_no_trace()
    {
        var sources = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            // The silo of the server works all the time.
            ShouldListenTo = source => !source.Name.StartsWith("System.", StringComparison.Ordinal)
                && !source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => sources.Add(activity.Source.Name),
        };
        await using var server = await TestServer.StartAsync(new TestServerOptions { LogLevel = "Trace" });
        var rows = Rows(server);
        var metrics = await ScrapeAsync(server);
        var rehearsed = new CountedCommits(server.Store.Commits);
        ActivitySource.AddActivityListener(listener);

        var log = server.Services.GetRequiredService<Microsoft.Extensions.Logging.ILogger<IngestWarmUp>>();
        await new IngestWarmUp(rehearsed, TimeProvider.System, log).RunAsync(default);

        Assert.DoesNotContain(sources, Telemetry.Sources.Contains);
        Assert.InRange(rehearsed.Count, 10, int.MaxValue);
        Assert.Equal(rows, Rows(server));
        Assert.Equal(metrics, await ScrapeAsync(server));
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("v1/events", StringComparison.Ordinal)
            || line.Contains(Failed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_server_is_ready_after_it()
    {
        var rehearsing = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var server = await StartAsync(real => new FaultyCommits(real, async () =>
        {
            rehearsing.TrySetResult();
            await end.Task;
        }));
        await rehearsing.Task;
        await (await server.Client.GetAsync("/health/ready")).IsProblemAsync(503, "storage_unavailable");
        await (await server.Client.SendAsync(Request.Ingest("tk_live_00000000000000000000000000000000", TestProject.OneEvent)))
            .IsProblemAsync(503, "storage_unavailable");
        end.SetResult();
        await WorksAsync(server);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains(Failed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_logged_once_and_the_server_becomes_ready()
    {
        await using var server = await StartAsync(real => new FaultyCommits(real, () => throw new InvalidOperationException("The test.")));
        await WorksAsync(server);
        var line = OwnLine(server);
        Assert.Contains(Failed, line, StringComparison.Ordinal);
        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_does_not_wait_for_a_store_that_hangs()
    {
        var (time, rehearsing, end) = (NewTime(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await StartAsync(
            real => new FaultyCommits(real, async () =>
            {
                rehearsing.TrySetResult();
                await end.Task;
            }),
            time);
        await rehearsing.Task;
        time.Advance(IngestWarmUp.Timeout);
        await WorksAsync(server);
        Assert.Contains(Failed, OwnLine(server), StringComparison.Ordinal);
        end.SetResult();
    }

    private static FakeTimeProvider NewTime() => new(TimeProvider.System.GetUtcNow());

    private static Task<TestServer> StartAsync(Func<ICommitStore, ICommitStore> commits, FakeTimeProvider? time = null) =>
        TestServer.StartAsync(new TestServerOptions
        {
            Args = ["--TELEMETRYKIT_WARM_UP", "true"],
            WaitUntilReady = false,
            Services = services =>
            {
                // Its time doesn't pass, however long a test takes.
                services.AddSingleton<TimeProvider>(time ?? NewTime());
                services.AddSingleton(provider => commits(provider.GetRequiredService<IStore>().Commits));
            },
        });

    private static async Task WorksAsync(TestServer server)
    {
        await server.WaitUntilReadyAsync();
        var answer = await (await server.NewProjectAsync()).SendAsync(TestProject.OneEvent);
        Assert.Equal(1, (int?)answer["accepted"]);
    }

    /// <summary>Returns the number of rows of each table.</summary>
    private static List<string> Rows(TestServer server)
    {
        using var connection = new SqliteConnection($"Data Source={server.Folder}/telemetrykit.db;Mode=ReadOnly;Pooling=False");
        connection.Open();
        return [.. Read("select name from sqlite_master where type = 'table' order by name")
            .Select(table => $"{table}: {Read($"select count(*) from \"{table}\"").Single()}")];

        List<string> Read(string sql)
        {
            using var command = new SqliteCommand(sql, connection);
            using var reader = command.ExecuteReader();
            List<string> values = [];
            while (reader.Read())
                values.Add(reader.GetString(0));
            return values;
        }
    }

    private static string OwnLine(TestServer server) =>
        Assert.Single(server.Logs.Lines, line => line.Contains(nameof(IngestWarmUp), StringComparison.Ordinal));

    /// <summary>Returns the metrics, except those of the runtime, the silo and the requests for metrics and readiness.</summary>
    private static async Task<List<string>> ScrapeAsync(TestServer server) =>
        [.. (await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Where(line =>
            !line.StartsWith("dotnet_", StringComparison.Ordinal) && !line.StartsWith("orleans_", StringComparison.Ordinal)
            && !line.StartsWith('#')
            && !line.Contains("/metrics", StringComparison.Ordinal) && !line.Contains("/health", StringComparison.Ordinal))];

    /// <summary>Counts the transactions of rehearsals.</summary>
    private sealed class CountedCommits(ICommitStore real) : ICommitStore
    {
        private int _count;

        public int Count => _count;

        public int CommitsAtOnce => real.CommitsAtOnce;

        public ICommitStore Rehearsal => new FaultyCommits(real, () =>
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }).Rehearsal;

        public Task<ICommit> BeginAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    /// <summary>Runs an action before each transaction of a rehearsal.</summary>
    private sealed class FaultyCommits(ICommitStore real, Func<Task> before, bool isRehearsal = false) : ICommitStore
    {
        public int CommitsAtOnce => real.CommitsAtOnce;

        public ICommitStore Rehearsal => new FaultyCommits(real.Rehearsal, before, isRehearsal: true);

        public async Task<ICommit> BeginAsync(CancellationToken cancellationToken)
        {
            if (isRehearsal)
                await before();
            return await real.BeginAsync(cancellationToken);
        }

        public Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken) =>
            real.AreStoredAsync(keys, cancellationToken);
    }
}
