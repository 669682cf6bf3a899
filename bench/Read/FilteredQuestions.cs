using System.Globalization;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Read;

/// <summary>
/// Measures questions with two filters, which are answered from the events: each the first time, when the events are read, and the second
/// time, when their counts are cached. Beside them it measures a route that does nothing.
/// </summary>
internal static class FilteredQuestions
{
    private static readonly string[] Shapes = ["overview?", "top?by=version&", "top?by=meta.target&"];

    private static readonly string[] Filters =
    [
        .. from system in (string[])["linux", "windows", "macos"]
           from actor in (string[])["human", "ci"]
           select $"os={system}&actor={actor}",
    ];

    /// <summary>Asks each question with each pair of filters twice, and prints the medians. Returns the figures.</summary>
    public static async Task<IReadOnlyDictionary<string, object>> MeasureAsync(
        ServerProcess server, BenchDatabase database, ReadClient client, BenchProject project)
    {
        var figures = new SortedDictionary<string, object>();
        foreach (var shape in Shapes)
        {
            List<double> first = [], second = [], empty = [], serverMs = [], databaseMs = [];
            foreach (var filter in Filters)
            {
                var (ofServer, ofDatabase) = Cpu(server, database);
                first.Add(await client.AskAsync(project, shape + filter));
                var (serverAfter, databaseAfter) = Cpu(server, database);
                serverMs.Add((serverAfter - ofServer) * 1_000);
                databaseMs.Add((databaseAfter - ofDatabase) * 1_000);
                second.Add(await client.AskAsync(project, shape + filter));
                empty.Add(await client.AskEmptyAsync());
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{shape}os=…&actor=…: first of all {first[0]:N0} ms, first {Percentiles.Median(first):N0} ms (processor time: server "
                + $"{Percentiles.Median(serverMs):N0}, database {Percentiles.Median(databaseMs):N0}), "
                + $"second {Percentiles.Median(second):N1} ms, empty route {Percentiles.Median(empty):N1} ms"));
            figures[shape] = new
            {
                first_of_all_ms = Math.Round(first[0], 1),
                first_ms = Math.Round(Percentiles.Median(first), 1),
                first_server_cpu_ms = Math.Round(Percentiles.Median(serverMs)),
                first_database_cpu_ms = Math.Round(Percentiles.Median(databaseMs)),
                second_ms = Math.Round(Percentiles.Median(second), 2),
                empty_ms = Math.Round(Percentiles.Median(empty), 2),
            };
        }

        return figures;
    }

    private static (double Server, double Database) Cpu(ServerProcess server, BenchDatabase database) =>
        (ProcessTree.CpuSeconds(server.Id), database.ProcessId == 0 ? 0 : ProcessTree.CpuSeconds(database.ProcessId));
}
