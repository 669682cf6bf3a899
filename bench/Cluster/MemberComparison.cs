using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Cluster;

/// <summary>
/// One process on its own and a cluster of three members, each on a PostgreSQL of its own: events a second, statistics a second over many
/// projects, activations a second, and the time until the grains of a killed member are active again.
/// </summary>
internal static class MemberComparison
{
    private const int Batch = 100;
    private const int Connections = 32;
    private const int Readers = 16;

    public static async Task<int> RunAsync(int projects, double seconds, int rounds)
    {
        await using var one = await Contender.StartAsync("one process", 1, projects);
        await using var three = await Contender.StartAsync("three members", 3, projects);
        var results = new Dictionary<(string Contender, string What), List<double>>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? (Contender[])[one, three] : [three, one])
            {
                Add("ingest events/s", await contender.IngestAsync(seconds, Batch, Connections, round));
                await contender.RestartAsync();
                Add("activations/s", await contender.ActivateAsync(Readers));
                Add("reads/s", await contender.ReadAsync(seconds, Readers, round));

                void Add(string what, double value)
                {
                    if (!results.TryGetValue((contender.Name, what), out var list))
                        results[(contender.Name, what)] = list = [];
                    list.Add(value);
                }
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            var (again, slowest) = await three.KillAsync();
            results.TryAdd((three.Name, "recovery s"), []);
            results[(three.Name, "recovery s")].Add(again);
            results.TryAdd((three.Name, "slowest read meanwhile s"), []);
            results[(three.Name, "slowest read meanwhile s")].Add(slowest);
        }

        foreach (var ((contender, what), values) in results.OrderBy(result => result.Key.What, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{what,-26}{contender,-16}{Percentiles.Median(values),14:N2}"));
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "cluster",
            projects,
            medians = results.ToDictionary(
                result => $"{result.Key.What}, {result.Key.Contender}", result => Percentiles.Median(result.Value)),
        }));
        return 0;
    }
}

/// <summary>The processes on one database.</summary>
internal sealed class Contender : IAsyncDisposable
{
    private readonly BenchDatabase _database;
    private readonly BenchProject[] _projects;
    private readonly List<ServerProcess> _servers = [];

    private Contender(string name, BenchDatabase database, BenchProject[] projects) =>
        (Name, _database, _projects) = (name, database, projects);

    public string Name { get; }

    public static async Task<Contender> StartAsync(string name, int processes, int projects)
    {
        var database = await BenchDatabase.CreateAsync(StorageKind.Postgres);
        var names = Enumerable.Range(0, projects).Select(i => $"project {i}").ToArray();
        var contender = new Contender(name, database, await BenchProject.MakeAsync(database, names));
        for (var i = 0; i < processes; i++)
        {
            contender._servers.Add(ServerProcess.Create(database.Folder, new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
                ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
                ["TELEMETRYKIT_DATA"] = database.Folder,
                ["TELEMETRYKIT_CLUSTER"] = processes == 1 ? "off" : "member",
                ["TELEMETRYKIT_SILO_ADDRESS"] = "127.0.0.1",
                ["TELEMETRYKIT_SILO_PORT"] = "0",
            }));
        }

        await contender.StartAsync();
        // Each project has some events.
        for (var i = 0; i < projects; i++)
            await contender.LoadAsync(contender._servers[i % processes], contender._projects[i], Batch(i));
        return contender;

        static LoadOptions Batch(int seed) => new(new Uri("http://unused"), "", 20, 1) { Events = 20, Seed = seed };
    }

    /// <summary>Returns the accepted events per second of all processes, to one project each.</summary>
    public async Task<double> IngestAsync(double seconds, int batch, int connections, int seed)
    {
        const double WarmUp = 2;
        var loads = await Task.WhenAll(_servers.Select((server, i) => LoadAsync(
            server,
            _projects[i],
            new(new Uri("http://unused"), "", batch, connections / _servers.Count)
            {
                Seconds = seconds + WarmUp, WarmUp = WarmUp, Seed = (seed * 10) + i,
            })));
        return loads.Sum(load => load.EventsPerSecond);
    }

    /// <summary>Starts the processes again, without any view in memory.</summary>
    public async Task RestartAsync()
    {
        foreach (var server in _servers)
        {
            server.Terminate();
            await server.WaitForExitAsync(TimeSpan.FromSeconds(60));
        }

        await StartAsync();
    }

    /// <summary>Asks about each project once, and returns the answers per second.</summary>
    public async Task<double> ActivateAsync(int readers)
    {
        var (next, since) = (-1, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, readers).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < _projects.Length;)
                await AskAsync(_servers[i % _servers.Count], _projects[i]);
        }));
        return _projects.Length / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Asks about random projects, and returns the answers per second.</summary>
    public async Task<double> ReadAsync(double seconds, int readers, int seed)
    {
        var (answers, since) = (0L, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, readers).Select(async reader =>
        {
            var random = new Random((seed * 100) + reader);
            while (Stopwatch.GetElapsedTime(since).TotalSeconds < seconds)
            {
                await AskAsync(_servers[random.Next(_servers.Count)], _projects[random.Next(_projects.Length)]);
                Interlocked.Increment(ref answers);
            }
        }));
        return answers / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>
    /// Kills a member and asks the others about all projects until each is active again. Returns the seconds, and those of the slowest
    /// answer.
    /// </summary>
    public async Task<(double Again, double Slowest)> KillAsync()
    {
        await ActivateAsync(8);
        var victim = _servers[^1];
        var others = _servers[..^1];
        victim.KillHard();
        var (since, slowest) = (Stopwatch.GetTimestamp(), 0.0);
        for (var i = 0; ; i = (i + 1) % _projects.Length)
        {
            var asked = Stopwatch.GetTimestamp();
            await AskAsync(others[i % others.Count], _projects[i]);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(asked).TotalSeconds);
            if (i % 50 == 0 && await ActiveAsync(others) >= _projects.Length)
                break;
        }

        var again = Stopwatch.GetElapsedTime(since).TotalSeconds;
        await victim.StartAsync();
        return (again, slowest);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<int> ActiveAsync(IEnumerable<ServerProcess> servers)
    {
        const string Metric = "orleans_grains{grain_type=\"project\"} ";
        var active = 0;
        foreach (var server in servers)
        {
            var metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            var line = metrics.Split('\n').FirstOrDefault(one => one.StartsWith(Metric, StringComparison.Ordinal));
            active += line is null ? 0 : int.Parse(line[Metric.Length..], CultureInfo.InvariantCulture);
        }

        return active;
    }

    private static async Task AskAsync(ServerProcess server, BenchProject project)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/stats/overview", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", project.ReadKey);
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }

    private Task StartAsync() => Task.WhenAll(_servers.Select(server => server.StartAsync()));

    private async Task<LoadResult> LoadAsync(ServerProcess server, BenchProject project, LoadOptions options)
    {
        var load = await LoadGenerator.RunAsync(
            options with { Url = new Uri(server.Address, "/v1/events"), Key = project.WriteKey });
        return load.Refused == 0
            ? load
            : throw new InvalidOperationException($"{Name}: {load.Refused} requests were refused: {load.FirstRefusal}");
    }
}
