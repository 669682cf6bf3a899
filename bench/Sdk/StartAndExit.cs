using System.Diagnostics;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Recording;

/// <summary>
/// Measures start and exit. Runs the hello programs alternately, and compares their times within each round, so that other load on the
/// machine affects all of them equally.
/// </summary>
internal static class StartAndExit
{
    private const double MaxJitMs = 15;
    private const double MaxAheadOfTimeMs = 3;
    private const int Warmups = 5;

    public static void Run(HelloBuilds builds, int rounds, Report report)
    {
        using var sink = new Sink();
        (Form, double)[] forms = [(Form.Jit, MaxJitMs), (Form.ReadyToRun, double.NaN), (Form.AheadOfTime, MaxAheadOfTimeMs)];
        foreach (var (form, bound) in forms)
        {
            if (builds.Publish(HelloBuilds.Bare, form) is not { } bare)
            {
                Console.WriteLine($"The compiler for {form} is not available, so it is not measured.");
                continue;
            }

            var ours = builds.Publish(HelloBuilds.Ours, form)!;
            var theirs = builds.Publish(HelloBuilds.OpenTelemetry, form)!;
            var home = Directory.CreateTempSubdirectory("tk-bench-home-").FullName;
            Contender[] contenders =
            [
                new("bare", bare, home, sink.Address),
                new("ours", ours, home, sink.Address),
                new("off", ours, home, sink.Address, ("DO_NOT_TRACK", "1")),
                new("theirs", theirs, home, sink.Address),
            ];
            for (var round = -Warmups; round < rounds; round++)
            {
                // The order changes in each round, because the state of the processor may depend on it.
                for (var i = 0; i < contenders.Length; i++)
                    contenders[(i + round + Warmups) % contenders.Length].Time(keep: round >= 0);
            }

            Directory.Delete(home, recursive: true);

            var without = Percentiles.Median(contenders[0].Times);
            var name = form switch
            {
                Form.ReadyToRun => "start and exit, ReadyToRun",
                Form.AheadOfTime => "start and exit, ahead of time",
                _ => "start and exit, JIT",
            };
            report.Add(new(
                name + ", more than bare, median", "ms", Over(contenders[1], contenders[0]), Over(contenders[3], contenders[0]), bound,
                $"bare {without:0.0} ms, {rounds} rounds, our quartiles {Over(contenders[1], contenders[0], 0.25):0.0} and "
                + $"{Over(contenders[1], contenders[0], 0.75):0.0}"));
            report.Add(new("  the same with DO_NOT_TRACK=1", "ms", Over(contenders[2], contenders[0]), Bound: bound));
        }
    }

    /// <summary>Returns the median, or another quantile, of the differences within rounds.</summary>
    private static double Over(Contender with, Contender without, double share = 0.5)
    {
        var differences = with.Times.Zip(without.Times, (a, b) => a - b).ToArray();
        return share == 0.5 ? Percentiles.Median(differences) : differences.Order().ElementAt((int)(differences.Length * share));
    }

    private sealed class Contender(string name, string program, string home, Uri server, params (string Name, string Value)[] variables)
    {
        public List<double> Times { get; } = [];

        public void Time(bool keep)
        {
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["HOME"] = home;
            start.Environment["TELEMETRYKIT_ENABLED"] = "1";
            start.Environment["TELEMETRYKIT_ENDPOINT"] = server.ToString();
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = server.ToString();
            start.Environment.Remove("DO_NOT_TRACK");
            start.Environment.Remove("CI");
            foreach (var (variable, value) in variables)
                start.Environment[variable] = value;
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(start)!;
            process.WaitForExit();
            var elapsed = watch.Elapsed.TotalMilliseconds;
            var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            if (output != "Hello, world!\n")
                throw new InvalidOperationException($"The output of {name} is: {output}");
            if (keep)
                Times.Add(elapsed);
        }
    }
}
