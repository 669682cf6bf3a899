using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Read;

/// <summary>
/// Fills a large and a small project with the same days, subjects and installs, and compares the latency of the same questions. A third
/// project is for questions that are answered from events.
/// </summary>
internal static class ReadComparison
{
    private const int Days = 30;
    private const int Batch = 1_000;
    private const int Connections = 8;
    private const int Starts = 5;
    private const string Empty = "empty route";
    private static readonly string[] Questions = ["overview", "top?by=command", "series"];

    public static async Task<int> RunAsync(StorageKind storage, long large, long small, long filtered, int requests)
    {
        await using var database = await BenchDatabase.CreateAsync(storage);
        var projects = await BenchProject.MakeAsync(database, "large", "small", "filtered");
        await using var server = ServerProcess.Create(
            database.Folder,
            new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
                ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
                ["TELEMETRYKIT_DATA"] = database.Folder,
            });
        var client = new ReadClient(server, Days);
        await server.StartAsync();
        foreach (var (project, events) in projects.Zip((long[])[large, small, filtered]))
            await FillAsync(server, client, project, events);

        // The state on the next day: compacted data and an empty cache.
        await Task.Delay(TimeSpan.FromSeconds(35));
        var compared = projects[..2];
        var starts = compared.ToDictionary(project => project.Name, _ => new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            foreach (var project in compared)
            {
                await RestartAsync(server);
                starts[project.Name].Add(await client.AskAsync(project, Questions[0]));
            }
        }

        var counted = await FilteredQuestions.MeasureAsync(server, database, client, projects[2]);
        var latencies = await AskAllAsync(client, compared, requests);
        Print(storage, large, small, filtered, starts, counted, latencies);
        return 0;
    }

    /// <summary>Restarts the server, so that its caches are empty.</summary>
    public static async Task RestartAsync(ServerProcess server)
    {
        server.Terminate();
        await server.WaitForExitAsync(TimeSpan.FromSeconds(30));
        await server.StartAsync();
    }

    /// <summary>Sends events to a project, and waits until the statistics contain them.</summary>
    public static async Task FillAsync(ServerProcess server, ReadClient client, BenchProject project, long events)
    {
        var since = Stopwatch.StartNew();
        var load = await LoadGenerator.RunAsync(
            new LoadOptions(new Uri(server.Address, "/v1/events"), project.WriteKey, Batch, Connections)
            {
                Events = events,
                SpreadDays = Days - 1,
                // The same number of installs a day in all projects.
                Mixed = true,
            });
        if (load.Accepted != load.Sent || load.Accepted < events - Batch || load.Refused > 0)
        {
            throw new InvalidOperationException(
                $"{project.Name}: {load.Accepted} of {load.Sent} events were accepted, " +
                $"{load.Refused} requests were refused: {load.FirstRefusal}");
        }

        Line($"{project.Name}: {load.Accepted:N0} events in {since.Elapsed.TotalSeconds:N0} s");
        for (var attempt = 0; ; attempt++)
        {
            using var answer = JsonDocument.Parse(await client.GetAsync(project, "overview"));
            if (answer.RootElement.GetProperty("events").GetInt64() == load.Accepted)
                return;
            if (attempt == 50)
            {
                throw new InvalidOperationException(
                    $"{project.Name}: {load.Accepted} events were accepted, but the statistics are {answer.RootElement}");
            }

            await Task.Delay(100);
        }
    }

    private static async Task<Dictionary<(string Project, string Question), List<float>>> AskAllAsync(
        ReadClient client, BenchProject[] projects, int requests)
    {
        var latencies = new Dictionary<(string Project, string Question), List<float>>();
        for (var i = 0; i < requests; i++)
        {
            foreach (var question in (string[])[.. Questions, Empty])
            {
                // In alternating order, so that neither always benefits from the other's warm-up.
                foreach (var project in i % 2 == 0 ? projects : projects.Reverse())
                {
                    if (!latencies.TryGetValue((project.Name, question), out var list))
                        latencies[(project.Name, question)] = list = [];
                    list.Add((float)(question == Empty ? await client.AskEmptyAsync() : await client.AskAsync(project, question)));
                }
            }

            // Sometimes longer than the maximum age of a view, so that refreshing from the store is measured as well.
            if (i % 20 == 19)
                await Task.Delay(1_100);
        }

        foreach (var list in latencies.Values)
            list.Sort();
        return latencies;
    }

    private static void Print(
        StorageKind storage,
        long large,
        long small,
        long filtered,
        Dictionary<string, List<double>> starts,
        IReadOnlyDictionary<string, object> counted,
        Dictionary<(string Project, string Question), List<float>> latencies)
    {
        Line($"{storage}, {Days} days, {large:N0} events against {small:N0}");
        Line($"{"ms",-26}{"large",10}{"small",10}{"ratio",10}");
        var ratios = new SortedDictionary<string, object>();
        foreach (var question in (string[])[.. Questions, Empty])
        {
            foreach (var (name, share) in ((string, double)[])[("p50", 0.5), ("p99", 0.99)])
            {
                Row(
                    $"{question} {name}",
                    Percentiles.Of(latencies[("large", question)], share),
                    Percentiles.Of(latencies[("small", question)], share));
            }
        }

        Row("first after a start", Percentiles.Median(starts["large"]), Percentiles.Median(starts["small"]));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "read",
            storage = storage.ToString().ToLowerInvariant(),
            large,
            small,
            filtered,
            days = Days,
            questions = ratios,
            from_events = counted,
        }));

        void Row(string name, double inLarge, double inSmall)
        {
            Line($"{name,-26}{inLarge,10:N2}{inSmall,10:N2}{inLarge / inSmall,10:N2}");
            ratios[name] = new
            {
                large_ms = Math.Round(inLarge, 3),
                small_ms = Math.Round(inSmall, 3),
                ratio = Math.Round(inLarge / inSmall, 3),
            };
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
