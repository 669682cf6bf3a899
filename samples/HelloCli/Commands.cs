using System.Globalization;
using TelemetryKit;

namespace HelloCli;

/// <summary>What this small tool can do.</summary>
internal static class Commands
{
    private static readonly string[] Names = ["greet", "count", "wait", "steps", "flush", "help"];

    public static bool Exists(string name) => Names.Contains(name);

    public static int Run(string name, string[] args, ITelemetryClient telemetry)
    {
        switch (name)
        {
            case "greet":
                return Greet(args, telemetry);
            case "count":
                return Count(args, telemetry);
            case "wait":
                Thread.Sleep(int.Parse(args[1], CultureInfo.InvariantCulture));
                return 0;
            case "steps":
                return Steps(args, telemetry);
            case "flush":
                return telemetry.Flush(TimeSpan.FromSeconds(30)) ? 0 : 1;
            case "help":
                Console.WriteLine("hello greet [--shout] NAME | count FILE | wait MS | steps NAME COUNT MS | flush | telemetry …");
                return 0;
            default:
                Console.Error.WriteLine("There is no command " + name + ".");
                return 64;
        }
    }

    private static int Greet(string[] args, ITelemetryClient telemetry)
    {
        var shout = args.Contains("--shout");
        // That a name was given is of interest, the name is not.
        telemetry.TrackFeature("greeting", new() { ["shout"] = shout, ["named"] = args.Length > 1 });
        var greeting = "Hello, " + (args.LastOrDefault(arg => arg != "greet" && arg != "--shout") ?? "world") + "!";
        Console.WriteLine(shout ? greeting.ToUpperInvariant() : greeting);
        return 0;
    }

    /// <summary>Something that takes a while and uses a feature now and then.</summary>
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

    private static int Count(string[] args, ITelemetryClient telemetry)
    {
        var lines = File.ReadLines(args[1]).Count();
        telemetry.TrackMetric("lines", lines, MetricKind.Histogram, "{line}");
        Console.WriteLine(lines);
        return 0;
    }
}
