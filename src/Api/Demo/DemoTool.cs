namespace TelemetryKit.Api.Demo;

/// <summary>A command of the demo tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">How often it is run, relative to the other commands.</param>
/// <param name="MedianMs">Median duration in milliseconds.</param>
/// <param name="Failures">Probability of a failure, 0 to 1.</param>
/// <param name="ExitCode">The usual exit code of a failure.</param>
/// <param name="Flags">Its flags.</param>
internal sealed record DemoCommand(string Name, double Weight, double MedianMs, double Failures, int ExitCode, params string[] Flags);

/// <summary>A release of the demo tool.</summary>
/// <param name="Minor">The minor version; the major version is 2.</param>
/// <param name="Patch">The patch.</param>
internal readonly record struct DemoRelease(int Minor, int Patch)
{
    public override string ToString() => FormattableString.Invariant($"2.{Minor}.{Patch}");
}

/// <summary>The demo tool, a build tool named "loom": its commands and its releases.</summary>
internal static class DemoTool
{
    public const string Name = "loom";

    /// <summary>A deprecated flag. The demo data shows who still uses it.</summary>
    public const string DeprecatedFlag = "--legacy-output";

    private const int DaysBetweenReleases = 18;
    private const double DeprecatedFlagHalvesInDays = 120;
    private static readonly DateOnly FirstRelease = new(2026, 1, 6);

    public static readonly IReadOnlyList<DemoCommand> Commands =
    [
        new("build", 34, 4_200, 0.07, 1, "--release", "--watch", "--parallel"),
        new("test", 22, 9_500, 0.16, 1, "--filter", "--watch", "--coverage"),
        new("run", 14, 1_800, 0.05, 134, "--release"),
        new("format", 7, 650, 0.01, 2, "--check"),
        new("lint", 6, 1_400, 0.12, 1, "--fix"),
        new("add", 5, 1_100, 0.04, 69, "--dev"),
        new("deploy", 4, 31_000, 0.06, 75, "--dry-run", "--force"),
        new("init", 2, 380, 0.02, 73, "--template"),
        new("doctor", 2, 900, 0.01, 2),
        new("login", 1.5, 6_000, 0.09, 77),
        new("export", 0.4, 2_500, 0.03, 74),
    ];

    public static readonly IReadOnlyList<string> Features = ["incremental", "remote-cache", "workspaces", "plugins", "sandbox"];

    public static readonly IReadOnlyList<string> Targets = ["development", "production", "staging"];

    /// <summary>Returns the release on a day of a user who updates <paramref name="lag"/> days after a release.</summary>
    public static DemoRelease ReleaseOn(DateOnly day, double lag)
    {
        var age = Math.Max(0, day.DayNumber - FirstRelease.DayNumber - (int)lag);
        // A patch is released half way to the next release.
        return new(age / DaysBetweenReleases, age % DaysBetweenReleases >= DaysBetweenReleases / 2 ? 1 : 0);
    }

    /// <summary>Returns the median duration of a command in a release, in milliseconds. Every second release makes builds slower.</summary>
    public static double MedianMs(DemoCommand command, DemoRelease release) =>
        command.Name == "build" && release.Minor % 2 == 0 ? command.MedianMs * 1.35 : command.MedianMs;

    /// <summary>
    /// Returns the exit code of a run, 0 if it succeeds. On Windows another process may hold the files of a build; build servers lack
    /// memory for tests; every second release breaks linting, and its patch mends it.
    /// </summary>
    public static int Run(Random random, DemoCommand command, DemoInstall install, DemoRelease release)
    {
        if (command.Name == "build" && install.Os == "windows" && random.Happens(0.06))
            return 32;
        if (command.Name == "test" && !install.IsHuman && random.Happens(0.04))
            return 137;
        var isBroken = command.Name == "lint" && release is { Patch: 0 } && release.Minor % 2 == 0;
        return random.Happens(command.Failures * (isBroken ? 4 : install.Actor == "agent" ? 1.6 : 1)) ? command.ExitCode : 0;
    }

    /// <summary>
    /// Returns the probability that an install passes the deprecated flag to a command. Build servers keep it longest. It decreases each
    /// day, but some uses always remain.
    /// </summary>
    public static double DeprecatedFlagOn(DateOnly day, DemoInstall install)
    {
        if (!install.KeepsFlags)
            return 0;
        var days = Math.Max(0, day.DayNumber - FirstRelease.DayNumber);
        return (install.IsHuman ? 0.6 : 0.9) * Math.Max(0.05, Math.Pow(0.5, days / DeprecatedFlagHalvesInDays));
    }
}
