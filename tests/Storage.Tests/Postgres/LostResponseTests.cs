using Npgsql;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Postgres;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>If the response to a commit is lost, its outcome is unknown until the batch key is reserved again.</summary>
public sealed class LostResponseTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    [Fact]
    public async Task A_commit_whose_response_is_lost_is_an_outage_and_its_key_shows_the_outcome()
    {
        var settings = new NpgsqlConnectionStringBuilder(harness.ConnectionString);
        await using var proxy = new LossyProxy(settings.Port);
        settings.Port = proxy.Port;
        await using var store = new PostgresStore(settings.ConnectionString, TestSecrets.Usual, TimeProvider.System);
        var project = Guid.NewGuid();
        BatchKey[] key = [new(project, Guid.NewGuid())];

        await using (var commit = await store.Commits.BeginAsync(default))
        {
            Assert.True((await commit.ReserveKeysAsync(key, DateTimeOffset.UnixEpoch))[0]);
            proxy.LosesResponses = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => commit.WriteAndCommitAsync([new(project, default, [Batch(5, Day)])], [Delta(project, Day, "a")], default));
        }

        proxy.LosesResponses = false;

        // The client sends the batch again; its key shows that it was counted.
        await using var again = await store.Commits.BeginAsync(default);
        Assert.False((await again.ReserveKeysAsync(key, DateTimeOffset.UnixEpoch))[0]);
        Assert.Equal(5, (await store.LinesAsync(Everything(project))).Count);
    }

    [Fact]
    public async Task A_transaction_whose_connection_is_terminated_changes_nothing()
    {
        var project = Guid.NewGuid();
        BatchKey[] key = [new(project, Guid.NewGuid())];
        await using (var commit = await harness.Store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync(key, DateTimeOffset.UnixEpoch);
            await harness.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => commit.WriteAndCommitAsync([new(project, default, [Batch(5, Day)])], [], default));
        }

        // The other connections of the pool were terminated as well, and none of them causes a second failure.
        await using var again = await harness.Store.Commits.BeginAsync(default);
        Assert.True((await again.ReserveKeysAsync(key, DateTimeOffset.UnixEpoch))[0]);
        Assert.Empty(await harness.Store.LinesAsync(Everything(project)));
    }
}
