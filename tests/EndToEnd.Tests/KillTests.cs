using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>
/// Kills processes under load: a batch with a 200 response is durable, and every event counts exactly once. <c>TELEMETRYKIT_TEST_KILLS</c>
/// is the number of kills of each test.
/// </summary>
public class KillTests(ITestOutputHelper output)
{
    private static readonly int? Kills =
        int.TryParse(Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_KILLS"), out var kills) ? kills : null;

    private static readonly int ServerKills = Kills ?? 10;
    private static readonly int PostmasterKills = Kills ?? 5;
    private static readonly int ReplicaKills = Kills ?? 5;
    private readonly int _seed = Environment.TickCount;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_server_that_is_killed_under_load_counts_every_event_once(string storage)
    {
        var random = Seeded();
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        long sent = 0, resent = 0;
        for (var kill = 0; kill < ServerKills; kill++)
        {
            using var senders = Senders.Start(random, server.Address);
            await senders.UntilAsync(1);
            await Task.Delay(random.Next(0, 650));
            server.KillHard();
            await server.StartAsync();
            await senders.FinishAsync();
            sent += senders.Acknowledged;
            resent += senders.Resent;
            await store.HoldExactlyAsync(sent, server);
        }

        output.WriteLine($"{ServerKills} kills, {sent} events, {resent} batches sent again");
        Assert.True(sent > 50 * ServerKills && resent > ServerKills, "The load was too small.");
    }

    [Fact]
    public async Task A_server_whose_postmaster_is_killed_under_load_counts_every_event_once()
    {
        var random = Seeded();
        await using var store = await TestStore.OwnPostgresAsync();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        long sent = 0;
        for (var kill = 0; kill < PostmasterKills; kill++)
        {
            using var senders = Senders.Start(random, server.Address);
            await senders.UntilAsync(1);
            await Task.Delay(random.Next(0, 800));
            store.Server.KillPostmaster();
            await Task.Delay(random.Next(50, 500));
            await store.Server.StartAsync();
            await senders.FinishAsync();
            sent += senders.Acknowledged;
            output.WriteLine($"{senders.Acknowledged} events, {senders.Resent} batches sent again; {string.Join(", ", senders.Statuses)}");
            await store.HoldExactlyAsync(sent, server);
        }
    }

    [Fact]
    public async Task Two_replicas_count_every_event_once_while_one_is_killed()
    {
        var random = Seeded();
        await using var store = await TestStore.PostgresAsync();
        await using var one = ServerProcess.Create(store.Folder, store.Environment);
        await using var two = ServerProcess.Create(store.Folder, store.Environment);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        ServerProcess[] replicas = [one, two];
        long sent = 0;
        for (var kill = 0; kill < ReplicaKills; kill++)
        {
            using var senders = Senders.Start(random, one.Address, two.Address);
            await senders.UntilAsync(1);
            await Task.Delay(random.Next(0, 700));
            var victim = replicas[kill % 2];
            victim.KillHard();
            await Task.Delay(random.Next(100, 500));
            await senders.FinishAsync();
            sent += senders.Acknowledged;
            await store.HoldExactlyAsync(sent, replicas[(kill + 1) % 2]);
            await victim.StartAsync();
            await store.HoldExactlyAsync(sent, one, two);
        }

        output.WriteLine($"{ReplicaKills} kills, {sent} events");
    }

    private Random Seeded()
    {
        output.WriteLine($"seed {_seed}");
        return new Random(_seed);
    }
}
