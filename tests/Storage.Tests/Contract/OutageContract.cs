using TelemetryKit.Core;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The behavior of every store during and after an outage.</summary>
public abstract class OutageContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    [Fact]
    public async Task An_unavailable_store_throws_and_recovers_by_itself()
    {
        var store = harness.Store;
        var project = Guid.NewGuid();
        await store.CommitAsync(project, Batch(10, Day), Delta(project, Day, "before"));
        await store.CheckAsync(default);
        await using (await harness.TakeAwayAsync())
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => store.CheckAsync(default));
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.CommitAsync(project, Batch(5, Day), Delta(project, Day, "lost")));
            await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Projects.EnsureDefaultTenantAsync(default));
        }

        await UntilAsync(() => store.CheckAsync(default));
        await store.CommitAsync(project, Batch(3, Day), Delta(project, Day, "after"));
        Assert.Equal(13, (await store.LinesAsync(Everything(project))).Count);
        var day = Assert.Single(
            await store.Rollups.ReadDaysAsync(project, DataEnvironment.Live, Day, Day, new Dictionary<DateOnly, KnownDay>(), default));
        Assert.Equal(2, day.Deltas.Count);
    }

    private static async Task UntilAsync(Func<Task> check)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await check();
                return;
            }
            catch (StorageUnavailableException) when (attempt < 1_200)
            {
                await Task.Delay(100);
            }
        }
    }
}
