using System.Diagnostics;

namespace TelemetryKit.Sdk.Bench;

/// <summary>
/// Starts two programs in turn, many times, and looks at the differences of pairs: what else the machine does falls on both alike.
/// </summary>
internal static class StartAndExit
{
    private const int Pairs = 60;

    public static void Run(string[] programs)
    {
        if (programs.Length == 2)
        {
            Report("with", programs[0], programs[1]);
            return;
        }
        var bare = Hello("Sdk.Hello.Bare");
        Report("TelemetryKit", bare, Hello("Sdk.Hello"));
        Report("TelemetryKit, DO_NOT_TRACK=1", bare, Hello("Sdk.Hello"), ("DO_NOT_TRACK", "1"));
        Report("OpenTelemetry SDK", bare, Hello("Sdk.Hello.OpenTelemetry"));
    }

    private static void Report(string name, string bare, string with, params (string Name, string Value)[] variables)
    {
        var home = Directory.CreateTempSubdirectory("tk-bench-home-").FullName;
        for (var i = 0; i < 5; i++) _ = (Time(bare, home, variables), Time(with, home, variables));
        var without = new double[Pairs];
        var differences = new double[Pairs];
        for (var i = 0; i < Pairs; i++)
        {
            without[i] = Time(bare, home, variables);
            differences[i] = Time(with, home, variables) - without[i];
        }
        Array.Sort(without);
        Array.Sort(differences);
        Console.WriteLine(
            $"{name}: {differences[Pairs / 2]:0.0} ms more (quartiles {differences[Pairs / 4]:0.0} and {differences[Pairs * 3 / 4]:0.0}) " +
            $"than {without[Pairs / 2]:0.0} ms without");
        Directory.Delete(home, recursive: true);
    }

    private static double Time(string program, string home, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = home;
        start.Environment["TELEMETRYKIT_ENABLED"] = "1";
        start.Environment["TELEMETRYKIT_ENDPOINT"] = "http://127.0.0.1:9";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static string Hello(string project)
    {
        // bench/Sdk/bin/Release/net10.0/ and bench/X/bin/Release/net10.0/ differ in one folder.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var bench = own.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(bench, project, "bin", own.Parent.Name, own.Name, "TelemetryKit.Bench." + project);
    }
}
