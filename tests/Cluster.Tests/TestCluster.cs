using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Cluster.Tests;

/// <summary>The processes of a cluster on one PostgreSQL database.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly List<ServerProcess> _all = [];

    private TestCluster(TestStore store) => Store = store;

    public TestStore Store { get; }

    /// <summary>The processes with the public API: members, or clients.</summary>
    public List<ServerProcess> Servers { get; } = [];

    /// <summary>The processes that host grains: members, or silos.</summary>
    public List<ServerProcess> Hosts { get; } = [];

    /// <summary>Starts servers that are members.</summary>
    public static async Task<TestCluster> MembersAsync(
        int count, TestStore? store = null, params (string Name, string? Value)[] settings)
    {
        var cluster = new TestCluster(store ?? await TestStore.PostgresAsync());
        for (var i = 0; i < count; i++)
        {
            var member = cluster.Add(cluster.NewMember(settings));
            cluster.Servers.Add(member);
            cluster.Hosts.Add(member);
        }

        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Starts silos, and servers that are their clients.</summary>
    public static async Task<TestCluster> ClientsAsync(int silos, int clients)
    {
        var cluster = new TestCluster(await TestStore.PostgresAsync());
        for (var i = 0; i < silos; i++)
            cluster.Hosts.Add(cluster.Add(ServerProcess.CreateSilo(cluster.Store.Folder, cluster.Environment(gateway: true))));
        for (var i = 0; i < clients; i++)
        {
            var environment = cluster.Environment();
            environment["TELEMETRYKIT_CLUSTER"] = "client";
            cluster.Servers.Add(cluster.Add(ServerProcess.Create(cluster.Store.Folder, environment)));
        }

        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Creates a server that is a member, without starting it. Other settings override those of the cluster.</summary>
    public ServerProcess NewMember(params (string Name, string? Value)[] settings)
    {
        var environment = Environment();
        foreach (var (name, value) in settings)
            environment[name] = value;
        return ServerProcess.Create(Store.Folder, environment);
    }

    /// <summary>Adds a process, which is killed at the end.</summary>
    public ServerProcess Add(ServerProcess process)
    {
        _all.Add(process);
        return process;
    }

    /// <summary>Returns the processes in which the grain of a project is active.</summary>
    public async Task<IReadOnlyList<ServerProcess>> HoldersAsync()
    {
        List<ServerProcess> holders = [];
        foreach (var host in Hosts.Where(host => host.IsRunning))
        {
            if (await GrainsAsync(host, "project") > 0)
                holders.Add(host);
        }

        return holders;
    }

    /// <summary>Returns the number of active grains of a type in a process.</summary>
    public static async Task<int> GrainsAsync(ServerProcess host, string type)
    {
        var metrics = await host.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var match = Regex.Match(metrics, $$"""^orleans_grains\{grain_type="{{type}}"\} (\d+)""", RegexOptions.Multiline);
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Returns the ports on which the active members listen for each other.</summary>
    public Task<IReadOnlyList<int>> SiloPortsAsync() => QueryAsync("select port from cluster_members where status = 3");

    /// <summary>Declares a member dead, as its peers do if they can't reach it.</summary>
    public async Task DeclareDeadAsync(ServerProcess member) => Assert.Single(await QueryAsync(
        $"""
        with next as (update cluster_versions set version = version + 1)
        update cluster_members set status = 6 where silo_name like '%-{member.Id}' and status = 3 returning port
        """));

    /// <summary>Returns the number that a query returns.</summary>
    public async Task<int> CountAsync(string sql) => Assert.Single(await QueryAsync(sql));

    /// <summary>Waits until a condition is met, which takes a time that isn't promised.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var since = Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
            Assert.True(since.Elapsed < ServerExtensions.Timeout, $"Not in {ServerExtensions.Timeout}: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _all)
            await process.DisposeAsync();
        await Store.DisposeAsync();
    }

    private async Task<IReadOnlyList<int>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Store.Environment["TELEMETRYKIT_POSTGRES"] + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<int> values = [];
        while (await reader.ReadAsync())
            values.Add(reader.GetInt32(0));
        return values;
    }

    private Dictionary<string, string?> Environment(bool gateway = false) => new(Store.Environment)
    {
        ["TELEMETRYKIT_CLUSTER"] = "member",
        ["TELEMETRYKIT_SILO_ADDRESS"] = "127.0.0.1",
        ["TELEMETRYKIT_SILO_PORT"] = "0",
        ["TELEMETRYKIT_GATEWAY_PORT"] = gateway ? "0" : null,
    };

    private Task StartAsync() => Task.WhenAll(_all.Select(process => process.StartAsync()));
}
