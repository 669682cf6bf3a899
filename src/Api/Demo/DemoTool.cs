namespace TelemetryKit.Api.Demo;

/// <summary>A command of the demo tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">How often it is run, relative to the other commands.</param>
/// <param name="MedianMs">Median duration in milliseconds.</param>
/// <param name="Failures">Probability of a failure, 0 to 1.</param>
/// <param name="Flags">Its flags.</param>
internal sealed record DemoCommand(string Name, double Weight, double MedianMs, double Failures, params string[] Flags);

/// <summary>The demo tool, a build tool named "loom": its commands and its releases.</summary>
internal static class DemoTool
{
    public const string Name = "loom";

    /// <summary>A deprecated flag. The demo data shows whether it can be removed.</summary>
    public const string DeprecatedFlag = "--legacy-output";

    private const int DaysBetweenReleases = 9;
    private static readonly DateOnly FirstRelease = new(2025, 1, 6);

    public static readonly IReadOnlyList<DemoCommand> Commands =
    [
        new("build", 34, 4_200, 0.07, "--release", "--watch", "--parallel"),
        new("test", 22, 9_500, 0.16, "--filter", "--watch", "--coverage"),
        new("run", 14, 1_800, 0.05, "--release"),
        new("format", 7, 650, 0.01, "--check"),
        new("lint", 6, 1_400, 0.12, "--fix"),
        new("add", 5, 1_100, 0.04, "--dev"),
        new("deploy", 4, 31_000, 0.06, "--dry-run", "--force"),
        new("init", 2, 380, 0.02, "--template"),
        new("doctor", 2, 900, 0.01),
        new("login", 1.5, 6_000, 0.09),
        new("export", 0.4, 2_500, 0.03),
    ];

    public static readonly IReadOnlyList<string> Features = ["incremental", "remote-cache", "workspaces", "plugins", "sandbox"];

    public static readonly IReadOnlyList<string> Targets = ["development", "production", "staging"];

    /// <summary>Returns the version on a day of a user who updates <paramref name="lag"/> days after a release.</summary>
    public static string VersionOn(DateOnly day, double lag)
    {
        var age = day.DayNumber - FirstRelease.DayNumber - (int)lag;
        var release = Math.Max(0, age / DaysBetweenReleases);
        // A patch is released half way to the next release.
        var patch = age % DaysBetweenReleases >= DaysBetweenReleases / 2 ? 1 : 0;
        return FormattableString.Invariant($"2.{release}.{patch}");
    }

    /// <summary>Returns the probability that a command uses the deprecated flag. It decreases each day.</summary>
    public static double DeprecatedFlagOn(DateOnly day, DateOnly firstDay) => 0.22 * Math.Exp(-(day.DayNumber - firstDay.DayNumber) / 8.0);
}
