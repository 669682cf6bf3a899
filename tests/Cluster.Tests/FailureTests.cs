using System.Diagnostics;
using TelemetryKit.EndToEnd.Tests.Harness;

namespace TelemetryKit.Cluster.Tests;

/// <summary>
/// Processes of a cluster that are killed, stopped and separated under load: every event counts once, and every answer is right.
/// </summary>
public class FailureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_process_with_the_grain_is_killed_under_load()
    {
        await using var cluster = await TestCluster.MembersAsync(3);
        long sent = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            using var senders = Senders.Start(new Random(kill), [.. cluster.Servers.Select(server => server.Address)]);
            await senders.UntilAsync(200);
            await cluster.Servers[0].StatsAsync("overview?days=3");
            var victim = Assert.Single(await cluster.HoldersAsync());
            var survivors = cluster.Servers.Except([victim]).ToArray();
            using var readers = Readers.Start(() => sent + senders.Acknowledged, survivors);
            await readers.UntilAsync(20);

            var since = Stopwatch.StartNew();
            victim.KillHard();
            await TestCluster.UntilAsync(async () => (await cluster.HoldersAsync()).Count == 1, "the grain is active again");
            output.WriteLine($"The grain was active again after {since.Elapsed.TotalSeconds:N1} s.");
            var reads = readers.Count;
            await readers.UntilAsync(reads + 20);
            await readers.FinishAsync();
            output.WriteLine($"{readers.Count} answers, the slowest took {readers.Slowest.TotalSeconds:N2} s.");
            await senders.FinishAsync();
            sent += senders.Acknowledged;
            await cluster.Store.HoldExactlyAsync(sent, survivors);
            Assert.Single(await cluster.HoldersAsync());
            await victim.StartAsync();
            await cluster.Store.HoldExactlyAsync(sent, [.. cluster.Servers]);
        }
    }

    [Fact]
    public async Task All_processes_are_restarted_in_turn_without_a_failed_ingest()
    {
        await using var cluster = await TestCluster.MembersAsync(3);
        using var balancer = Balancer.Start(cluster.Servers);
        using var senders = Senders.Start(new Random(7), balancer.Address);
        using var readers = Readers.Start(() => senders.Acknowledged, [.. cluster.Servers], onlyReady: true);
        await senders.UntilAsync(500);
        foreach (var server in cluster.Servers)
        {
            server.Terminate();
            Assert.Equal(0, await server.WaitForExitAsync(ServerExtensions.Timeout));
            var before = senders.Acknowledged;
            await senders.UntilAsync(before + 200);
            await server.StartAsync();
            before = senders.Acknowledged;
            await senders.UntilAsync(before + 200);
        }

        await readers.FinishAsync();
        await senders.FinishAsync();
        output.WriteLine($"{senders.Acknowledged} events; {string.Join(", ", senders.Statuses)}; {senders.Resent} sent again");
        Assert.Equal([200], senders.Statuses.Keys);
        await cluster.Store.HoldExactlyAsync(senders.Acknowledged, [.. cluster.Servers]);
    }

    [Fact]
    public async Task A_silo_that_loses_the_database_returns_503_and_recovers()
    {
        await using var cluster = await TestCluster.MembersAsync(2, await TestStore.OwnPostgresAsync());
        var store = cluster.Store;
        using var http = new HttpClient();
        Assert.Equal(200, (await Batch.Create(new Random(1), 10).SendAsync(http, cluster.Servers[0].Address)).Status);

        store.Server.KillPostmaster();
        foreach (var server in cluster.Servers)
        {
            Assert.Equal(503, (await Batch.Create(new Random(2), 10).SendAsync(http, server.Address)).Status);
            await TestCluster.UntilAsync(
                async () => (int)(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode == 503,
                "the server isn't ready");
        }

        // Longer than the members take to declare a silent one dead.
        await Task.Delay(TimeSpan.FromSeconds(8));
        await store.Server.StartAsync();
        foreach (var server in cluster.Servers)
        {
            await server.WaitUntilReadyAsync();
            Assert.Equal(200, (await Batch.Create(new Random(3), 10).SendAsync(http, server.Address)).Status);
        }

        await store.HoldExactlyAsync(30, [.. cluster.Servers]);
    }

    [Fact]
    public async Task Members_stop_while_the_database_is_away()
    {
        await using var cluster = await TestCluster.MembersAsync(2, await TestStore.OwnPostgresAsync());
        cluster.Store.Server.KillPostmaster();
        foreach (var server in cluster.Servers)
            server.Terminate();

        foreach (var server in cluster.Servers)
        {
            var code = await server.WaitForExitAsync(ServerExtensions.Timeout);
            Assert.True(code == 0, $"The exit code is {code}:\n{server.Output}");
        }
    }

    [Fact]
    public async Task A_member_that_was_declared_dead_commits_what_it_accepted_and_exits_with_1()
    {
        await using var cluster = await TestCluster.MembersAsync(3);
        var victim = cluster.Servers[1];
        using var senders = Senders.Start(new Random(3), [.. cluster.Servers.Select(server => server.Address)]);
        await senders.UntilAsync(200);

        await cluster.DeclareDeadAsync(victim);

        Assert.Equal(1, await victim.WaitForExitAsync(ServerExtensions.Timeout));
        Assert.Contains("TelemetryKit stopped: ", victim.Output, StringComparison.Ordinal);
        await senders.UntilAsync(senders.Acknowledged + 200);
        await senders.FinishAsync();
        await cluster.Store.HoldExactlyAsync(senders.Acknowledged, cluster.Servers[0], cluster.Servers[2]);
        await victim.StartAsync();
        await cluster.Store.HoldExactlyAsync(senders.Acknowledged, [.. cluster.Servers]);
    }

    [Fact]
    public async Task Members_that_cannot_reach_each_other_end_with_the_same_exact_counts()
    {
        Assert.SkipWhen(Firewall.MissingReason is not null, Firewall.MissingReason ?? "");
        await using var cluster = await TestCluster.MembersAsync(2);
        using var senders = Senders.Start(new Random(5), [.. cluster.Servers.Select(server => server.Address)]);
        await senders.UntilAsync(200);
        await cluster.Servers[0].StatsAsync("overview?days=3");
        using (Firewall.Block([.. await cluster.SiloPortsAsync()]))
        {
            // One of them declares the other one dead, which then stops.
            await TestCluster.UntilAsync(() => Task.FromResult(cluster.Servers.Any(server => !server.IsRunning)), "a member stops");
            var survivor = cluster.Servers.Single(server => server.IsRunning);
            await senders.UntilAsync(senders.Acknowledged + 200);
            await survivor.EventuallyAsync("overview?days=3", answer => answer.GetProperty("events").GetInt64() > 200);
        }

        var stopped = cluster.Servers.Single(server => !server.IsRunning);
        Assert.Equal(1, await stopped.WaitForExitAsync(ServerExtensions.Timeout));
        await stopped.StartAsync();
        await senders.FinishAsync();
        await cluster.Store.HoldExactlyAsync(senders.Acknowledged, [.. cluster.Servers]);
    }
}
