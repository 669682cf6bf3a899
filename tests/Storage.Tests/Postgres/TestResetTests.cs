using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>A commit while the test environment is reset keeps both its events and their counters.</summary>
public sealed class TestResetTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private readonly IStore _store = harness.Store;

    [Fact]
    public async Task A_commit_between_the_statements_of_a_reset_keeps_its_events_and_their_counters()
    {
        var project = await NewProjectAsync();
        await CommitAsync(project, "old");

        Task<Removed> reset;
        await using (var blocker = new NpgsqlConnection(harness.ConnectionString))
        {
            // The reset waits for this lock after it has deleted the events.
            await blocker.OpenAsync();
            await using var transaction = await blocker.BeginTransactionAsync();
            await using (var take = new NpgsqlCommand("lock table rollups in share mode", blocker))
                await take.ExecuteNonQueryAsync();
            var line = new AuditLine(new Actor(Guid.NewGuid()), AuditActions.TestReset, harness.Time.GetUtcNow());
            reset = Task.Run(() => _store.Accounts.Projects.ResetTestAsync(project, line, default));
            await WaitUntilBlockedAsync(reset);
            await CommitAsync(project, "new");
        }

        Assert.Equal(1, (await reset.WaitAsync(Timeout)).Events);
        Assert.Equal(["new"], await SubjectsAsync(project));
        Assert.Equal(["new"], await DeltasAsync(project));
    }

    [Fact]
    public async Task Events_and_counters_agree_after_resets_during_commits()
    {
        var project = await NewProjectAsync();
        var another = harness.Another();
        using var done = new CancellationTokenSource();
        var committing = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
                await CommitAsync(project, $"n{i}", another);
        });
        for (var i = 0; i < 10; i++)
        {
            var line = new AuditLine(new Actor(Guid.NewGuid()), AuditActions.TestReset, harness.Time.GetUtcNow());
            await _store.Accounts.Projects.ResetTestAsync(project, line, default);
        }

        await done.CancelAsync();
        await committing;
        Assert.Equal(await SubjectsAsync(project), await DeltasAsync(project));
    }

    private async Task<Guid> NewProjectAsync()
    {
        var tenant = await _store.Projects.EnsureDefaultTenantAsync(default);
        return (await _store.Projects.EnsureProjectAsync(tenant, Guid.NewGuid().ToString("N"), default)).Ref.ProjectId;
    }

    private async Task CommitAsync(Guid project, string subject, IStore? store = null)
    {
        await using var commit = await (store ?? _store).Commits.BeginAsync(default);
        await commit.WriteAndCommitAsync(
            [new CommitEvents(project, DataEnvironment.Test, [new EventBatch().Add(At(Day), subject: subject)])],
            [Delta(project, Day, subject, DataEnvironment.Test)],
            default);
    }

    private async Task<IEnumerable<string>> SubjectsAsync(Guid project)
    {
        var page = await _store.Events.ReadPageAsync(Everything(project, DataEnvironment.Test) with { Limit = 100_000 }, default);
        return page.Events.Subject.Take(page.Events.Count).Select(subject => subject!).Order(StringComparer.Ordinal);
    }

    private async Task<IEnumerable<string>> DeltasAsync(Guid project)
    {
        var days = await _store.Rollups.ReadDaysAsync(
            project, DataEnvironment.Test, Day, Day, new Dictionary<DateOnly, KnownDay>(), default);
        return days.SelectMany(day => day.Deltas).Select(delta => ((ReadOnlyMemory<byte>?)delta.Data).Text()).Order(StringComparer.Ordinal);
    }

    private async Task WaitUntilBlockedAsync(Task reset)
    {
        await using var connection = new NpgsqlConnection(harness.ConnectionString);
        await connection.OpenAsync();
        for (var deadline = DateTime.UtcNow + Timeout; DateTime.UtcNow < deadline; await Task.Delay(20))
        {
            Assert.False(reset.IsCompleted, "The reset didn't wait for the lock.");
            await using var command = new NpgsqlCommand(
                "select exists (select from pg_locks where relation = 'rollups'::regclass and not granted)", connection);
            if (await command.ExecuteScalarAsync() is true)
                return;
        }

        Assert.Fail("The reset didn't reach the lock in time.");
    }
}
