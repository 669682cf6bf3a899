using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Cluster.Tests;

/// <summary>Every process of a cluster returns the same statistics, from one activation for each project.</summary>
public class StatisticsTests
{
    private static readonly string[] Questions =
    [
        "overview?days=3", "top?by=command&days=3", "top?by=version&days=3", "series?interval=day&days=3", "series?interval=hour&days=3",
        "users?days=3", "top?by=meta.target&days=3", "overview?days=3&version=1.2.0&os=linux",
    ];

    [Theory]
    [InlineData("members")]
    [InlineData("clients")]
    public async Task All_processes_return_the_same_fresh_statistics_from_one_grain(string kind)
    {
        await using var cluster = kind == "members" ? await TestCluster.MembersAsync(3) : await TestCluster.ClientsAsync(2, 2);
        using var http = new HttpClient();
        var sent = 0;
        for (var round = 1; round <= 3; round++)
        {
            foreach (var server in cluster.Servers)
            {
                Assert.Equal(200, (await Batch.Create(new Random(round), 10).SendAsync(http, server.Address)).Status);
                sent += 10;
            }

            foreach (var server in cluster.Servers)
                await server.EventuallyAsync("overview?days=3", answer => answer.GetProperty("events").GetInt64() == sent);
        }

        foreach (var question in Questions)
        {
            var answers = await Task.WhenAll(cluster.Servers.Select(server => server.StatsAsync(question)));
            Assert.Single(answers.Select(answer => answer.GetRawText()).Distinct());
        }

        Assert.Single(await cluster.HoldersAsync());
        await cluster.Store.HoldExactlyAsync(sent, [.. cluster.Servers]);
    }

    [Fact]
    public async Task A_client_without_silos_computes_statistics_itself()
    {
        await using var cluster = await TestCluster.ClientsAsync(1, 1);
        var (silo, client) = (cluster.Hosts[0], cluster.Servers[0]);
        using var http = new HttpClient();
        silo.KillHard();

        Assert.Equal(200, (await Batch.Create(new Random(1), 10).SendAsync(http, client.Address)).Status);
        for (var i = 0; i < 3; i++)
            Assert.Equal(10, await EventsAsync(client));
        await silo.StartAsync();
        await TestCluster.UntilAsync(
            async () =>
            {
                Assert.Equal(10, await EventsAsync(client));
                return (await cluster.HoldersAsync()).Count == 1;
            },
            "the client uses the grain of the new silo");
    }

    private static async Task<long> EventsAsync(ServerProcess server) =>
        (await server.StatsAsync("overview?days=3")).GetProperty("events").GetInt64();
}
