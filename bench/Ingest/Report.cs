using System.Globalization;
using System.Text.Json;

namespace TelemetryKit.Bench.Ingest;

/// <summary>Prints a table for people and, in the last line, the same results as JSON.</summary>
internal static class Report
{
    public static void Print(ComparisonOptions options, IReadOnlyList<Result> results, int eventsPerCommit)
    {
        var (ours, naive, limit) = (results[0], results[1], results[2]);
        Line($"{options.Storage}, {options.Batch} events per batch, {options.Connections} connections");
        Line($"medians of {options.Rounds} rounds of {options.Seconds} s in turns; {eventsPerCommit} events per commit");
        Line($"{"",-42}{"ours",12}{"naive",12}{"limit",12}{"ours/naive",13}{"ours/limit",13}");
        Row("events/s", r => r.EventsPerSecond, "N0");
        Row("p50, ms (limit: of a transaction)", r => r.P50Ms, "N2");
        Row("p99, ms (limit: of a transaction)", r => r.P99Ms, "N2");
        Row("server, CPU s per million events", r => r.ServerCpu, "N2");
        Row("database, CPU s per million events", r => r.DatabaseCpu, "N2");
        Row("server, peak memory, MiB", r => r.PeakMemoryMiB, "N0");
        Row("events on disk, bytes per event", r => r.EventBytes, "N1");
        Row("everything else on disk, bytes per event", r => r.OtherBytes, "N1");
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "ingest",
            storage = options.Storage.ToString().ToLowerInvariant(),
            batch = options.Batch,
            connections = options.Connections,
            seconds = options.Seconds,
            rounds = options.Rounds,
            mixed = options.Mixed,
            events_per_commit = eventsPerCommit,
            ours = Json(ours),
            naive = Json(naive),
            limit = Json(limit),
            of_naive = Round(ours.EventsPerSecond / naive.EventsPerSecond),
            of_limit = Round(ours.EventsPerSecond / limit.EventsPerSecond),
        }));

        void Row(string name, Func<Result, double> field, string format)
        {
            var cells = string.Concat(results.Select(r => Cell(field(r), format).PadLeft(12)));
            Line($"{name,-42}{cells}{Cell(field(ours) / field(naive), "N2"),13}{Cell(field(ours) / field(limit), "N2"),13}");
        }
    }

    private static object Json(Result r) => new
    {
        events_per_second = Round(r.EventsPerSecond),
        p50_ms = Round(r.P50Ms),
        p99_ms = Round(r.P99Ms),
        server_cpu_s_per_million = Round(r.ServerCpu),
        database_cpu_s_per_million = Round(r.DatabaseCpu),
        peak_memory_mib = Round(r.PeakMemoryMiB),
        event_bytes = Round(r.EventBytes),
        other_bytes = Round(r.OtherBytes),
    };

    private static double? Round(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;

    private static string Cell(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static void Line(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
