using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of the deletion of installs that every store must meet.</summary>
public abstract class DeletionContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();

    [Fact]
    public async Task Deleting_an_install_deletes_its_events_in_both_environments_and_no_others()
    {
        await _store.CommitAsync(_project, Batch(2_500, Day));
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day.AddDays(1)), 3, metadata: """{"only":"its"}"""));
        await _store.CommitAsync(_project, new EventBatch().Add(At(Day.AddDays(1)), 4).Add(At(Day.AddDays(1))));
        await using (var commit = await _store.Commits.BeginAsync(default))
            await commit.WriteAndCommitAsync([new(_project, DataEnvironment.Test, [Batch(50, Day)])], [], default);
        var expected = (await _store.LinesAsync(Everything(_project))).Where(line => line.Split('|')[4] != "3").ToList();

        Assert.Equal(250 + 1 + 5, await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default));
        Assert.Equal(expected, await _store.LinesAsync(Everything(_project)));
        Assert.Equal(45, (await _store.LinesAsync(Everything(_project, DataEnvironment.Test))).Count);
        Assert.Equal(0, await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default));
    }

    [Fact]
    public async Task Affected_days_are_rebuilt_and_others_are_not()
    {
        await _store.CommitAsync(_project, Batch(100, Day), Delta(_project, Day, "day"));
        await _store.CommitAsync(_project, Batch(2, Day.AddDays(1), installs: 2), Delta(_project, Day.AddDays(1), "next"));
        await _store.CommitAsync(_project, null, Delta(_project, Day.AddDays(2), "first seen"));
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.AddInstallsAsync(
                [
                    new(_project, DataEnvironment.Live, 3, Day.AddDays(2)),
                    new(_project, DataEnvironment.Live, 4, Day.AddDays(2)),
                    new(_project, DataEnvironment.Live, 5, Day),
                ],
                default);
            await commit.WriteAndCommitAsync([], [], default);
        }

        await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default);
        var before = (await ReadAsync()).ToDictionary(day => day.Day);
        await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default);
        var after = (await ReadAsync()).ToDictionary(day => day.Day);
        Assert.Equal("events=90,new=1", after[Day].Rollup.Text());
        Assert.True(after[Day].Revision > before[Day].Revision);
        Assert.Empty(after[Day].Deltas);
        Assert.Equal("next", ((ReadOnlyMemory<byte>?)after[Day.AddDays(1)].Deltas[0].Data).Text());
        Assert.Equal("events=0,new=1", after[Day.AddDays(2)].Rollup.Text());

        await using var again = await _store.Commits.BeginAsync(default);
        var isNew = await again.AddNewInstallsAsync(
            new SeenInstall(_project, DataEnvironment.Live, 3, Day.AddDays(2)),
            new SeenInstall(_project, DataEnvironment.Live, 4, Day.AddDays(2)));
        Assert.Equal<IEnumerable<bool>>([true, false], isNew);
    }

    [Fact]
    public async Task An_affected_month_is_folded_again()
    {
        var day = new DateOnly(2026, 1, 15);
        var month = new DateOnly(2026, 1, 1);
        await _store.CommitAsync(_project, Batch(10, day), Delta(_project, day, "a"));
        await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, day, Fold, default);
        await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Fold, default);
        var before = Assert.Single(await MonthsAsync());
        await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default);
        Assert.Empty(await MonthsAsync());
        var openMonths = await _store.Rollups.FindOpenMonthsAsync(new DateOnly(2026, 11, 1), 1_000, default);
        Assert.Contains(openMonths, open => open.ProjectId == _project && open.Day == month);
        await _store.Rollups.FoldMonthAsync(_project, DataEnvironment.Live, month, Fold, default);
        var after = Assert.Single(await MonthsAsync());
        Assert.Equal("events=9,new=0", after.Rollup.Text());
        Assert.True(after.Revision > before.Revision);

        Task<IReadOnlyList<MonthState>> MonthsAsync() => _store.Rollups.ReadMonthsAsync(
            _project, DataEnvironment.Live, month, month, default);
    }

    [Fact]
    public async Task A_failed_rebuild_deletes_nothing()
    {
        await _store.CommitAsync(_project, Batch(100, Day), Delta(_project, Day, "a"));
        await Assert.ThrowsAsync<InvalidDataException>(
            () => _store.Events.DeleteInstallAsync(_project, 3, (_, _) => throw new InvalidDataException("no"), null, default));
        Assert.Equal(100, (await _store.LinesAsync(Everything(_project))).Count);
        Assert.Single(Assert.Single(await ReadAsync()).Deltas);
        Assert.Equal(10, await _store.Events.DeleteInstallAsync(_project, 3, CountRebuild, null, default));
    }

    [Fact]
    public async Task A_deletion_its_line_in_the_audit_log_and_its_erasure_are_one_transaction()
    {
        var tenant = await _store.Projects.EnsureDefaultTenantAsync(default);
        var project = (await _store.Projects.EnsureProjectAsync(tenant, $"erasing-{_project}", default)).Ref.ProjectId;
        var at = new DateTimeOffset(Day, TimeOnly.MinValue, TimeSpan.Zero);
        var line = new AuditLine(Actor.Operator, AuditActions.InstallErased, at, project.ToString());
        await _store.CommitAsync(project, Batch(100, Day));
        var erasure = new Erasure { Id = Guid.NewGuid(), ProjectId = project, AskedAt = at };
        Assert.Equal(erasure, await _store.Accounts.Erasures.AddAsync(erasure, 3, default));
        var record = new DeletionRecord(line, erasure.Id);
        await Assert.ThrowsAsync<InvalidDataException>(
            () => _store.Events.DeleteInstallAsync(project, 3, (_, _) => throw new InvalidDataException("no"), record, default));
        Assert.Empty(await LinesAsync());
        Assert.Equal(erasure, await _store.Accounts.Erasures.FindAsync(erasure.Id, default));

        Assert.Equal(10, await _store.Events.DeleteInstallAsync(project, 3, CountRebuild, record, default));
        Assert.Equal(AuditActions.InstallErased, Assert.Single(await LinesAsync()).Action);
        var done = erasure with { DoneAt = at, Events = 10 };
        Assert.Equal(done, await _store.Accounts.Erasures.FindAsync(erasure.Id, default));

        // Another process that erases the same finds nothing, and the number stays.
        Assert.Equal(0, await _store.Events.DeleteInstallAsync(project, 3, CountRebuild, record, default));
        Assert.Equal(done, await _store.Accounts.Erasures.FindAsync(erasure.Id, default));

        async Task<IReadOnlyList<AuditEntry>> LinesAsync() =>
            [.. (await _store.Accounts.Audit.ReadAsync(tenant, null, 1_000, default)).Where(entry => entry.Target == project.ToString())];
    }

    [Fact]
    public async Task Erasures_of_installs_without_data_are_completed_at_once_and_others_wait()
    {
        await using (var commit = await _store.Commits.BeginAsync(default))
        {
            await commit.AddInstallsAsync([new SeenInstall(_project, DataEnvironment.Live, 3, Day)], default);
            await commit.WriteAndCommitAsync([new(_project, DataEnvironment.Live, [Batch(100, Day)])], [], default);
        }

        var at = new DateTimeOffset(Day, TimeOnly.MinValue, TimeSpan.Zero);
        var (known, unknown) = (await AddAsync(3), await AddAsync(12_345));
        await _store.Accounts.Erasures.CompleteUnknownAsync(at, default);
        Assert.Equal(unknown with { DoneAt = at, Events = 0 }, await _store.Accounts.Erasures.FindAsync(unknown.Id, default));
        Assert.Equal(known, await _store.Accounts.Erasures.FindAsync(known.Id, default));
        var next = await _store.Accounts.Erasures.ListNextAsync(Guid.Empty, 10_000, default);
        Assert.Equal(new WaitingErasure(known.Id, _project, 3), Assert.Single(next, waiting => waiting.ProjectId == _project));
        Assert.DoesNotContain(
            await _store.Accounts.Erasures.ListNextAsync(_project, 10_000, default), waiting => waiting.ProjectId == _project);

        // The same install again: the one that waits, or a new one if it is done.
        Assert.Equal(known, await AddAsync(3));
        Assert.NotEqual(unknown.Id, (await AddAsync(12_345)).Id);

        Task<Erasure> AddAsync(long install) =>
            _store.Accounts.Erasures.AddAsync(new Erasure { Id = Guid.NewGuid(), ProjectId = _project, AskedAt = at }, install, default);
    }

    [Fact]
    public async Task Concurrent_commits_are_kept_and_the_counters_stay_consistent()
    {
        // Each commit adds one event of a kept install and a delta "1". Rollup and deltas must always count the stored events.
        const int Commits = 150;
        var another = harness.Another();
        await _store.CommitAsync(
            _project, Batch(1_000, Day, installs: 100), Delta(_project, Day, string.Join(' ', Enumerable.Repeat("1", 1_000))));
        using var done = new CancellationTokenSource();
        var folding = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await another.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, Fold, default);
                harness.Time.Advance(TimeSpan.FromSeconds(3)); // Rows are merged after some minutes.
                await another.Events.CompactEventsAsync(default);
            }
        });
        var committing = Task.Run(async () =>
        {
            for (var i = 0; i < Commits; i++)
                await another.CommitAsync(_project, new EventBatch().Add(At(Day, i), 1_000 + i), Delta(_project, Day, "1"));
        });
        var deleted = 0L;
        for (var install = 1; install <= 20; install++)
            deleted += await _store.Events.DeleteInstallAsync(_project, install, OnesRebuild, null, default);
        await committing;
        await done.CancelAsync();
        await folding;

        Assert.Equal(200, deleted);
        Assert.Equal(1_000 - 200 + Commits, (await _store.LinesAsync(Everything(_project))).Count);
        var day = Assert.Single(await ReadAsync());
        var texts = day.Deltas.Select(delta => ((ReadOnlyMemory<byte>?)delta.Data).Text()).Append(day.Rollup.Text());
        var counted = texts.Sum(text => text.Count(c => c == '1'));
        Assert.Equal(1_000 - 200 + Commits, counted);

        static async ValueTask<byte[]> OnesRebuild(IAsyncEnumerable<EventBatch> events, long newInstalls)
        {
            var count = 0;
            await foreach (var batch in events)
                count += batch.Count;
            return [.. Enumerable.Range(0, (2 * count) - 1).Select(i => (byte)(i % 2 == 0 ? '1' : ' '))];
        }
    }

    private Task<IReadOnlyList<DayState>> ReadAsync() =>
        _store.Rollups.ReadDaysAsync(_project, DataEnvironment.Live, Day, Day.AddDays(3), new Dictionary<DateOnly, KnownDay>(), default);
}
