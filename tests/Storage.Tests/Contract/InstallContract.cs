using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>
/// An install is new on the first day on which it was active, whatever arrives when and through whichever process: two pipelines, as two
/// replicas have them, commit to the store.
/// </summary>
public abstract class InstallContract<THarness> : IClassFixture<THarness>, IAsyncDisposable
    where THarness : StoreHarness
{
    private static readonly TelemetryKitMetrics Metrics = new();
    private readonly IStore _store;
    private readonly THarness _harness;
    private readonly IngestPipeline[] _replicas;

    protected InstallContract(THarness harness)
    {
        (_store, _harness) = (harness.Store, harness);
        _replicas = [.. ((IStore[])[harness.Store, harness.Another()]).Select(store =>
            new IngestPipeline(store.Commits, new NoViews(), Metrics, harness.Time, NullLogger<IngestPipeline>.Instance))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DrainAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_erased_install_that_is_active_again_is_new_again_in_every_process()
    {
        var project = await NewProjectAsync();
        foreach (var replica in _replicas)
            await SendAsync(replica, project, (Day, "a"), (Day, "b"));
        Assert.Equal(2, await NewInstallsAsync(project));

        Assert.Equal(2, await EraseAsync(project, "a"));
        Assert.Equal(1, await NewInstallsAsync(project));
        foreach (var replica in _replicas)
            await SendAsync(replica, project, (Day, "a"), (Day, "b"));
        Assert.Equal([(Day, 2L)], await NewByDayAsync(project));
    }

    [Fact]
    public async Task Installs_are_new_again_in_every_process_after_the_test_environment_was_reset()
    {
        var project = await NewProjectAsync();
        foreach (var replica in _replicas)
            await SendAsync(replica, project, KeyKind.Test, (Day, "a"));
        var line = new AuditLine(new Actor(Guid.NewGuid()), "project.test_reset", _harness.Time.GetUtcNow());
        await _store.Accounts.Projects.ResetTestAsync(project.Ref.ProjectId, line, default);
        Assert.Empty(await NewByDayAsync(project, DataEnvironment.Test));

        foreach (var replica in _replicas)
            await SendAsync(replica, project, KeyKind.Test, (Day, "a"));
        Assert.Equal([(Day, 1L)], await NewByDayAsync(project, DataEnvironment.Test));
    }

    [Fact]
    public async Task An_earlier_day_that_arrives_later_moves_the_new_install()
    {
        var project = await NewProjectAsync();
        await SendAsync(_replicas[0], project, (Day, "a"), (Day, "b"));
        await SendAsync(_replicas[0], project, (Day.AddDays(-5), "a"));
        Assert.Equal([(Day.AddDays(-5), 1L), (Day, 1L)], await NewByDayAsync(project));
        await SendAsync(_replicas[1], project, (Day.AddDays(-2), "a"), (Day.AddDays(-9), "b"));
        Assert.Equal([(Day.AddDays(-9), 1L), (Day.AddDays(-5), 1L)], await NewByDayAsync(project));
    }

    [Fact]
    public void The_new_installs_of_any_order_of_arrival_are_those_of_their_first_days()
    {
        var sends = Gen.Choose(0, 9).Zip(Gen.Choose(0, 5)).ListOf()
            .Select(list => list.Select(pair => (Ago: pair.Item1, Install: pair.Item2)));
        var property = Prop.ForAll(Arb.From(sends), list => CheckAsync([.. list]).GetAwaiter().GetResult());
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), property);

        async Task CheckAsync((int Ago, int Install)[] sent)
        {
            var project = await NewProjectAsync();
            for (var i = 0; i < sent.Length; i++)
            {
                await SendAsync(_replicas[i % 2], project, (Day.AddDays(-sent[i].Ago), $"i{sent[i].Install}"));
                if (i % 5 == 4)
                    await FoldAsync(project);
            }

            Assert.Equal(Expected(sent), await NewByDayAsync(project));
        }
    }

    [Fact]
    public async Task Commits_at_the_same_time_count_each_install_once_on_its_first_day()
    {
        for (var round = 0; round < 8; round++)
        {
            var random = new Random(round);
            var project = await NewProjectAsync();
            var sent = Enumerable.Range(0, 120).Select(_ => (Ago: random.Next(12), Install: random.Next(20))).ToArray();
            await Task.WhenAll(sent.Chunk(6).Select((part, index) => Task.Run(async () =>
            {
                foreach (var pair in part.Chunk(2))
                {
                    await SendAsync(
                        _replicas[index % 2], project, [.. pair.Select(one => (Day.AddDays(-one.Ago), $"i{one.Install}"))]);
                }
            })));
            Assert.Equal(Expected(sent), await NewByDayAsync(project));
        }
    }

    [Fact]
    public async Task Installs_that_are_active_while_they_are_erased_are_new_on_the_first_day_that_remains()
    {
        for (var round = 0; round < 6; round++)
        {
            var project = await NewProjectAsync();
            await SendAsync(_replicas[0], project, (Day.AddDays(-3), "a"), (Day.AddDays(-3), "b"));
            using var done = new CancellationTokenSource();
            var sending = _replicas.Select((replica, index) => Task.Run(async () =>
            {
                for (var i = 0; !done.IsCancellationRequested; i++)
                    await SendAsync(replica, project, (Day.AddDays(-((i + index) % 3)), "a"), (Day, "b"));
            })).ToArray();
            for (var erasure = 0; erasure < 4; erasure++)
                await EraseAsync(project, "a");
            await done.CancelAsync();
            await Task.WhenAll(sending);

            await AssertNewOfRemainingAsync(project);
        }
    }

    [Fact]
    public async Task The_count_of_a_purged_day_does_not_move()
    {
        var project = await NewProjectAsync();
        await SendAsync(_replicas[0], project, (Day.AddDays(-8), "a"), (Day, "a"));
        await foreach (var _ in _store.Retention.PurgeAsync(project.Ref.ProjectId, Day.AddDays(-6), default))
        {
        }

        await SendAsync(_replicas[1], project, (Day.AddDays(-9), "a"));
        Assert.DoesNotContain(await NewByDayAsync(project), day => day.New != 0);
    }

    private static IEnumerable<(DateOnly Day, long New)> Expected((int Ago, int Install)[] sent) =>
        sent.GroupBy(one => one.Install, one => Day.AddDays(-one.Ago)).GroupBy(install => install.Min())
            .Select(day => (day.Key, (long)day.Count())).OrderBy(day => day.Key);

    private async Task AssertNewOfRemainingAsync(Project project)
    {
        Dictionary<long, DateOnly> first = [];
        await foreach (var batch in _store.Events.ScanAsync(Everything(project.Ref.ProjectId), default))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var day = RollupsByDay.DayOf(batch.Timestamp[i]);
                if (!first.TryGetValue(batch.Install[i], out var earliest) || day < earliest)
                    first[batch.Install[i]] = day;
            }
        }

        Assert.Equal(
            first.Values.GroupBy(day => day).Select(day => (day.Key, (long)day.Count())).OrderBy(day => day.Key),
            await NewByDayAsync(project));
    }

    private Task<Project> NewProjectAsync()
    {
        return CreateAsync();

        async Task<Project> CreateAsync()
        {
            var tenant = await _store.Projects.EnsureDefaultTenantAsync(default);
            return await _store.Projects.EnsureProjectAsync(tenant, Guid.NewGuid().ToString(), default);
        }
    }

    private static Task SendAsync(IngestPipeline replica, Project project, params (DateOnly Day, string Install)[] events) =>
        SendAsync(replica, project, KeyKind.Live, events);

    private static async Task SendAsync(
        IngestPipeline replica, Project project, KeyKind kind, params (DateOnly Day, string Install)[] events)
    {
        var list = events.Select(one =>
            $$"""{"event_type":"command_executed","timestamp":"{{one.Day:yyyy-MM-dd}}T00:00:01Z","user_id":"{{one.Install}}"}""");
        var body = Encoding.UTF8.GetBytes($$"""{"batch_id":"{{Guid.NewGuid()}}","events":[{{string.Join(',', list)}}]}""");
        // As a client does: on a busy machine, the database may end a transaction that waits too long for its process.
        var result = await replica.IngestAsync(new(Guid.NewGuid(), kind, project), new ReadOnlySequence<byte>(body));
        for (var attempt = 1; attempt < 10 && result.Status == IngestStatus.StorageUnavailable; attempt++)
            result = await replica.IngestAsync(new(Guid.NewGuid(), kind, project), new ReadOnlySequence<byte>(body));
        Assert.Equal((IngestStatus.Done, events.Length), (result.Status, result.Accepted));
    }

    private async Task<long> EraseAsync(Project project, string install)
    {
        var statistics = new ProjectStatistics(new NoViews(), _store.Events, _store.Rollups);
        return await statistics.DeleteInstallAsync(project.Ref.ProjectId, IdentityHasher.Install(project.Secret, install), null, default);
    }

    private async Task FoldAsync(Project project)
    {
        for (var ago = 0; ago < 10; ago++)
            await _store.Rollups.FoldDayAsync(project.Ref.ProjectId, DataEnvironment.Live, Day.AddDays(-ago), Rollup.Fold, default);
    }

    private async Task<long> NewInstallsAsync(Project project) => (await NewByDayAsync(project)).Sum(day => day.New);

    /// <summary>The days on which installs are new, and how many.</summary>
    private async Task<List<(DateOnly Day, long New)>> NewByDayAsync(Project project, DataEnvironment environment = DataEnvironment.Live)
    {
        var days = await _store.Rollups.ReadDaysAsync(
            project.Ref.ProjectId, environment, Day.AddDays(-40), Day.AddDays(1), new Dictionary<DateOnly, KnownDay>(), default);
        return
        [
            .. days.Select(day => (day.Day, New: NewIn(day.Rollup) + day.Deltas.Sum(delta => NewIn(delta.Data))))
                .Where(day => day.New != 0),
        ];

        static long NewIn(ReadOnlyMemory<byte>? rollup) => rollup is { } data ? Rollup.Read(data.Span).NewInstalls : 0;
    }
}
