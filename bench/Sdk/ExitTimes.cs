using System.Diagnostics;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Recording;

/// <summary>
/// Measures how much later a program ends with the SDK than with the SDK disabled, from its last output to the end of its process, against
/// servers of all kinds: the first run of a new installation, and later runs of the day.
/// </summary>
internal static class ExitTimes
{
    private const double MaxJitMs = 20;
    private const double MaxAheadOfTimeMs = 2;

    /// <summary>How long the first run of an installation may wait for the server.</summary>
    private const double FirstRunMs = 250;

    /// <summary>How long the first run in a container may wait, because the container may be gone afterwards.</summary>
    private const double FirstRunInContainerMs = 500;

    private const int Rounds = 15;

    private const int FirstRuns = 5;

    /// <summary>How long the program works before it ends.</summary>
    private const string Work = "100";

    public static void Run(HelloBuilds builds, Report report)
    {
        foreach (var (form, name, bound) in new[] { (Form.AheadOfTime, "ahead of time", MaxAheadOfTimeMs), (Form.Jit, "JIT", MaxJitMs) })
        {
            if (builds.Publish(HelloBuilds.Ours, form) is not { } program)
            {
                Console.WriteLine($"The compiler for {form} is not available, so it is not measured.");
                continue;
            }

            using var servers = new Servers();
            foreach (var server in servers.All)
                Run(program, $"exit, {name}, {server.Name}", bound, server, report);
        }
    }

    private static void Run(string program, string name, double bound, Servers.Server server, Report report)
    {
        var firsts = new List<double>();
        for (var i = 0; i < FirstRuns; i++)
        {
            var fresh = Directory.CreateTempSubdirectory("tk-bench-home-").FullName;
            firsts.Add(Exit(program, fresh, server, enabled: true) - Exit(program, fresh, server, enabled: false));
            Directory.Delete(fresh, recursive: true);
        }

        var home = Directory.CreateTempSubdirectory("tk-bench-home-").FullName;
        Exit(program, home, server, enabled: true);
        var without = new List<double>();
        var differences = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // The order alternates, because the state of the processor may depend on it.
            var first = Exit(program, home, server, enabled: round % 2 == 0);
            var second = Exit(program, home, server, enabled: round % 2 != 0);
            without.Add(round % 2 == 0 ? second : first);
            differences.Add(round % 2 == 0 ? first - second : second - first);
        }

        Directory.Delete(home, recursive: true);
        report.Add(new(
            name + ", later runs", "ms", Percentiles.Median(differences), Bound: bound,
            Note: $"disabled {Percentiles.Median(without):0.0} ms"));
        var budget = (IsContainer ? FirstRunInContainerMs : FirstRunMs) + bound;
        report.Add(new(name + ", first runs, slowest", "ms", firsts.Max(), Bound: budget));
    }

    private static bool IsContainer => File.Exists("/.dockerenv") || File.Exists("/run/.containerenv");

    /// <summary>Runs the program and returns the milliseconds from its last output to its end.</summary>
    private static double Exit(string program, string home, Servers.Server server, bool enabled)
    {
        var start = new ProcessStartInfo(program, [Work]) { RedirectStandardOutput = true };
        foreach (var variable in (string[])["CI", "DO_NOT_TRACK", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
            start.Environment.Remove(variable);
        start.Environment["HOME"] = home;
        start.Environment["TELEMETRYKIT_ENABLED"] = "1";
        start.Environment["TELEMETRYKIT_ENDPOINT"] = server.Endpoint;
        if (server.Proxy is not null)
            start.Environment["http_proxy"] = server.Proxy;
        if (!enabled)
            start.Environment["DO_NOT_TRACK"] = "1";
        using var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() != "Hello, world!")
            throw new InvalidOperationException("The program did not print what it should.");
        var watch = Stopwatch.StartNew();
        process.WaitForExit();
        return watch.Elapsed.TotalMilliseconds;
    }
}
