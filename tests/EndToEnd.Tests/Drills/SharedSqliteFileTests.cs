using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Drills;

/// <summary>Two servers are started on one SQLite file while clients send.</summary>
public class SharedSqliteFileTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_second_server_is_refused_under_load_and_takes_over_after_the_first_is_killed()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        await using var store = TestStore.Sqlite();
        await using var first = ServerProcess.Create(store.Folder, store.Environment);
        await using var second = ServerProcess.Create(store.Folder, store.Environment);
        await first.StartAsync();
        using var senders = Senders.Start(new Random(seed), first.Address, second.Address);
        await senders.UntilAsync(1);

        second.Launch();
        Assert.NotEqual(0, await second.WaitForExitAsync(ServerExtensions.Timeout));
        Assert.Contains("telemetrykit.db is in use by another process.", second.Output, StringComparison.Ordinal);
        await senders.UntilAsync(senders.Acknowledged + 1);

        // The operating system releases the lock of a killed process, so no file has to be deleted by hand.
        first.KillHard();
        await second.StartAsync();
        await senders.UntilAsync(senders.Acknowledged + 1);
        await senders.FinishAsync();
        output.WriteLine($"{senders.Acknowledged} events, {senders.Resent} batches sent again");
        await store.HoldExactlyAsync(senders.Acknowledged, second);
    }
}
