using System.Globalization;
using TelemetryKit;

namespace HelloCli;

/// <summary>The commands of the tool.</summary>
internal static class Commands
{
    private static readonly Dictionary<string, Func<string[], ITelemetryClient, int>> ByName = new()
    {
        ["greet"] = Greet,
        ["count"] = Count,
        ["wait"] = Wait,
        ["steps"] = Steps,
        ["flush"] = Flush,
        ["help"] = Help,
    };

    public static bool Exists(string name) => ByName.ContainsKey(name);

    public static int Run(string name, string[] args, ITelemetryClient telemetry)
    {
        if (ByName.TryGetValue(name, out var command))
            return command(args, telemetry);
        Console.Error.WriteLine("There is no command " + name + ".");
        return 64;
    }

    private static int Greet(string[] args, ITelemetryClient telemetry)
    {
        var shout = args.Contains("--shout");
        // Record that a name was given, but not the name.
        telemetry.TrackFeature("greeting", new() { ["shout"] = shout, ["named"] = args.Length > 1 });
        var greeting = "Hello, " + (args.LastOrDefault(arg => arg != "greet" && arg != "--shout") ?? "world") + "!";
        Console.WriteLine(shout ? greeting.ToUpperInvariant() : greeting);
        return 0;
    }

    private static int Count(string[] args, ITelemetryClient telemetry)
    {
        var lines = File.ReadLines(args[1]).Count();
        telemetry.TrackMetric("lines", lines, MetricKind.Histogram, "{line}");
        Console.WriteLine(lines);
        return 0;
    }

    private static int Wait(string[] args, ITelemetryClient telemetry)
    {
        Thread.Sleep(int.Parse(args[1], CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>A long-running command that uses a feature at regular intervals.</summary>
    private static int Steps(string[] args, ITelemetryClient telemetry)
    {
        var count = int.Parse(args[2], CultureInfo.InvariantCulture);
        var pause = int.Parse(args[3], CultureInfo.InvariantCulture);
        for (var step = 0; step < count; step++)
        {
            telemetry.TrackFeature(args[1] + "-" + step.ToString(CultureInfo.InvariantCulture));
            Thread.Sleep(pause);
        }

        return 0;
    }

    private static int Flush(string[] args, ITelemetryClient telemetry) => telemetry.Flush(TimeSpan.FromSeconds(30)) ? 0 : 1;

    private static int Help(string[] args, ITelemetryClient telemetry)
    {
        Console.WriteLine("hello greet [--shout] NAME | count FILE | wait MS | steps NAME COUNT MS | flush | telemetry …");
        return 0;
    }
}
