using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>Runs the contenders in turns, so that other load on the machine affects all of them, and reports medians.</summary>
internal static class Comparison
{
    private const double FirstSeconds = 3;

    public static async Task<int> RunAsync(ComparisonOptions options)
    {
        await using var ours = new Ours(await BenchDatabase.CreateAsync(options.Storage), options);
        await using var naive = new Naive(await BenchDatabase.CreateAsync(options.Storage), options);
        await using var limit = new Limit(await BenchDatabase.CreateAsync(options.Storage), options, () => ours.EventsPerCommit);
        Contender[] contenders = [ours, naive, limit];
        var measured = contenders.ToDictionary(c => c.Name, _ => new List<Measurement>());

        foreach (var contender in contenders)
        {
            await contender.StartAsync();
            // The first run compiles code and fills caches. Its events are checked, but its results are dropped.
            await contender.MeasureAsync(FirstSeconds, seed: 1);
            contender.Pause(true);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                contender.Pause(false);
                var measurement = await contender.MeasureAsync(options.Seconds, seed: 2 + round);
                contender.Pause(true);
                measured[contender.Name].Add(measurement);
                var (rate, p99) = (measurement.EventsPerSecond, measurement.P99Ms);
                Console.Error.WriteLine(FormattableString.Invariant(
                    $"round {round + 1}, {contender.Name}: {rate:N0} events/s, p99 {p99:N1} ms"));
            }
        }

        var results = new List<Result>();
        foreach (var contender in contenders)
        {
            contender.Pause(false);
            results.Add(Result.Of(contender.Name, measured[contender.Name], await contender.FinishAsync()));
        }

        Report.Print(options, results, ours.EventsPerCommit);
        return 0;
    }
}

/// <summary>The medians of one contender.</summary>
internal sealed record Result(
    string Name,
    double EventsPerSecond,
    double P50Ms,
    double P99Ms,
    double ServerCpu,
    double DatabaseCpu,
    double PeakMemoryMiB,
    double EventBytes,
    double OtherBytes)
{
    public static Result Of(string name, IReadOnlyList<Measurement> rounds, Footprint footprint)
    {
        return new Result(
            name, Median(m => m.EventsPerSecond), Median(m => m.P50Ms), Median(m => m.P99Ms),
            Median(m => m.ServerCpu), Median(m => m.DatabaseCpu),
            footprint.PeakMemoryMiB, footprint.EventBytes, footprint.OtherBytes);

        double Median(Func<Measurement, double> field) => Percentiles.Median(rounds.Select(field));
    }
}
