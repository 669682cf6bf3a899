using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Read;

/// <summary>
/// Fills a large and a small project with the same days, subjects and installs, and compares the latency of the same questions.
/// </summary>
internal static class ReadComparison
{
    private const int Days = 30;
    private const int Batch = 1_000;
    private const int Connections = 8;
    private static readonly string[] Questions = ["overview", "top?by=command"];

    /// <summary>Questions with two filters, which are answered from the events.</summary>
    private static readonly string[] Filtered =
    [
        "overview?os=linux&actor=human", "top?by=version&os=linux&actor=human", "top?by=meta.target&os=linux&actor=human",
    ];

    public static async Task<int> RunAsync(StorageKind storage, long large, long small, int requests)
    {
        await using var database = await BenchDatabase.CreateAsync(storage);
        var projects = await BenchProject.MakeAsync(database, "large", "small");
        await using var server = ServerProcess.Create(
            database.Folder,
            new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
                ["TELEMETRYKIT_DATA"] = database.Folder,
            });
        await server.StartAsync();
        await FillAsync(server, projects[0], large);
        await FillAsync(server, projects[1], small);

        // The state on the next day: compacted data and an empty cache.
        await Task.Delay(TimeSpan.FromSeconds(35));
        var latencies = new Dictionary<(string Project, string Question), List<float>>();
        var first = new Dictionary<string, double>();
        foreach (var project in projects)
        {
            server.Terminate();
            await server.WaitForExitAsync(TimeSpan.FromSeconds(30));
            await server.StartAsync();
            first[project.Name] = await AskAsync(server, project, Questions[0]);
        }

        foreach (var question in Filtered)
        {
            var times = new List<double>();
            for (var i = 0; i < 3; i++)
                times.Add(await AskAsync(server, projects[0], question));
            var empty = await AskAsync(server, projects[0], "overview");
            Line($"{question}: {times[0]:N0} ms the first time, {times[1]:N1} and {times[2]:N1} ms then (overview {empty:N1} ms)");
        }

        for (var i = 0; i < requests; i++)
        {
            foreach (var question in Questions)
            {
                // In alternating order, so that neither always benefits from the other's warm-up.
                foreach (var project in i % 2 == 0 ? projects : projects.Reverse())
                {
                    if (!latencies.TryGetValue((project.Name, question), out var list))
                        latencies[(project.Name, question)] = list = [];
                    list.Add((float)await AskAsync(server, project, question));
                }
            }

            // Sometimes longer than the maximum age of a view, so that refreshing from the store is measured as well.
            if (i % 20 == 19)
                await Task.Delay(1_100);
        }

        foreach (var list in latencies.Values)
            list.Sort();
        Print(storage, large, small, first, latencies);
        return 0;
    }

    private static async Task FillAsync(ServerProcess server, BenchProject project, long events)
    {
        var since = Stopwatch.StartNew();
        var load = await LoadGenerator.RunAsync(
            new LoadOptions(new Uri(server.Address, "/v1/events"), project.WriteKey, Batch, Connections)
            {
                Events = events,
                SpreadDays = Days - 1,
                // The same number of installs a day in both projects.
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
            using var answer = JsonDocument.Parse(await GetAsync(server, project, $"overview?days={Days}"));
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

    private static async Task<double> AskAsync(ServerProcess server, BenchProject project, string question)
    {
        var before = Stopwatch.GetTimestamp();
        await GetAsync(server, project, question + (question.Contains('?', StringComparison.Ordinal) ? "&" : "?") + $"days={Days}");
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    private static async Task<string> GetAsync(ServerProcess server, BenchProject project, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/stats/" + query, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", project.ReadKey);
        using var response = await server.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    private static void Print(
        StorageKind storage,
        long large,
        long small,
        Dictionary<string, double> first,
        Dictionary<(string Project, string Question), List<float>> latencies)
    {
        Line($"{storage}, {Days} days, {large:N0} events against {small:N0}");
        Line($"{"ms",-26}{"large",10}{"small",10}{"ratio",10}");
        var ratios = new SortedDictionary<string, object>();
        foreach (var question in Questions)
        {
            foreach (var (name, share) in ((string, double)[])[("p50", 0.5), ("p99", 0.99)])
            {
                Row(
                    $"{question} {name}",
                    Percentiles.Of(latencies[("large", question)], share),
                    Percentiles.Of(latencies[("small", question)], share));
            }
        }

        Row("first after a start", first["large"], first["small"]);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "read",
            storage = storage.ToString().ToLowerInvariant(),
            large,
            small,
            days = Days,
            questions = ratios,
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
