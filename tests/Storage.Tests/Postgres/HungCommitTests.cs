using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>A process that hangs in a commit holds the row of its tenant for seconds only, so others can commit.</summary>
public sealed class HungCommitTests(PostgresHarness harness) : IClassFixture<PostgresHarness>
{
    [Fact]
    public async Task A_commit_that_hangs_does_not_stop_the_tenant()
    {
        var (tenant, now) = (Guid.NewGuid(), harness.Time.GetUtcNow());
        var month = new DateOnly(now.Year, now.Month, 1);
        QuotaRequest[] quota = [new(tenant, month, 5, 100)];
        await using var hung = await harness.Store.Commits.BeginAsync(default);
        await hung.ReserveAsync([], quota, [], now, default);

        await using var other = await harness.Store.Commits.BeginAsync(default);
        var reserved = await Task.Run(() => other.ReserveAsync([], quota, [], now, default));
        await other.WriteAndCommitAsync([], [], default);

        Assert.Equal([5L], reserved.Granted);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => hung.WriteAndCommitAsync([], [], default));
        Assert.Equal(5, (await harness.Store.Accounts.Usage.ReadAsync(tenant, month, default)).Live);
    }
}
