using System.Globalization;

namespace TelemetryKit.Api.Demo;

/// <summary>One session of one user, sent as one batch.</summary>
internal sealed record DemoSession(Guid BatchId, DemoInstall Install, DemoRelease Release, IReadOnlyList<DemoEvent> Events);

/// <summary>A generated event.</summary>
/// <param name="Time">Its time.</param>
/// <param name="Type">Its event type.</param>
/// <param name="Subject">The command, the feature or the type of error.</param>
internal sealed record DemoEvent(DateTimeOffset Time, string Type, string Subject)
{
    /// <summary>The exit code of a command; <c>null</c> for other events.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The duration of a command in milliseconds.</summary>
    public double? DurationMs { get; init; }

    /// <summary>The flags of a command.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The target of a command.</summary>
    public string? Target { get; init; }
}

/// <summary>Generates the sessions of one hour. The same hour always has the same sessions.</summary>
internal static class DemoHour
{
    private const double SessionsAnHour = 15;
    private const double SecondsBetweenEvents = 45;

    // Activity by hour of the day (UTC; most users are in Europe and on the American east coast) and by day of the week.
    private static readonly double[] HourWeights =
        [0.25, 0.2, 0.15, 0.15, 0.2, 0.3, 0.6, 1.1, 1.6, 1.9, 2.0, 1.7, 1.5, 1.9, 2.1, 2.0, 1.8, 1.4, 1.1, 0.9, 0.8, 0.7, 0.5, 0.35];

    private static readonly double[] DayWeights = [0.3, 1.15, 1.25, 1.25, 1.2, 1.0, 0.35];

    /// <summary>Returns the sessions of the hour. Each begins and ends within it.</summary>
    /// <param name="hour">The beginning of the hour.</param>
    /// <param name="installs">The users of its day, by <see cref="DemoInstall.On"/>.</param>
    public static IEnumerable<DemoSession> Sessions(DateTimeOffset hour, IReadOnlyList<DemoInstall> installs)
    {
        var day = DateOnly.FromDateTime(hour.UtcDateTime);
        var name = hour.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture);
        var random = DeterministicRandom.Of("hour " + name);
        var busy = HourWeights[hour.Hour] * DayWeights[(int)hour.DayOfWeek];
        var count = random.Count(SessionsAnHour * (0.25 + (0.75 * busy)));
        for (var n = 0; n < count; n++)
        {
            var install = random.Pick(installs, i => i.Activity * (i.IsHuman ? busy : 0.6));
            var release = DemoTool.ReleaseOn(day, install.UpdateLag);
            var events = Events(random, hour, install, release).ToArray();
            if (events.Length == 0)
                continue;
            var id = DeterministicRandom.Id(string.Create(CultureInfo.InvariantCulture, $"batch {name} {n}"));
            yield return new(id, install, release, events);
        }
    }

    private static IEnumerable<DemoEvent> Events(Random random, DateTimeOffset hour, DemoInstall install, DemoRelease release)
    {
        var end = hour.AddHours(1);
        var time = hour.AddSeconds(random.NextDouble() * 3_000);
        for (var left = 1 + random.Count(2.2); left > 0 && time < end; left--)
        {
            var command = random.Pick(DemoTool.Commands, c => c.Weight * (c.Name == "test" && !install.IsHuman ? 2 : 1));
            var run = new DemoEvent(time, "command_executed", command.Name)
            {
                ExitCode = DemoTool.Run(random, command, install, release),
                DurationMs = random.LogNormal(DemoTool.MedianMs(command, release), 0.7),
                Flags = Flags(random, command, DateOnly.FromDateTime(hour.UtcDateTime), install),
                Target = Target(random, command),
            };
            yield return run;
            if (run.ExitCode != 0 && random.Happens(0.5))
                yield return new(time, "error", random.Happens(0.7) ? "BuildFailed" : "NetworkTimeout");
            if (random.Happens(0.18))
                yield return new(time, "feature_used", random.Pick(DemoTool.Features, f => f == "incremental" ? 4 : 1));
            time = time.AddSeconds(random.Exponential(SecondsBetweenEvents));
        }
    }

    private static List<string> Flags(Random random, DemoCommand command, DateOnly day, DemoInstall install)
    {
        var flags = command.Flags.Where(_ => random.Happens(0.22)).ToList();
        if (command.Name is "build" or "test" && random.Happens(DemoTool.DeprecatedFlagOn(day, install)))
            flags.Add(DemoTool.DeprecatedFlag);
        return flags;
    }

    private static string? Target(Random random, DemoCommand command) =>
        command.Name is "build" or "deploy" or "run" ? random.Pick(DemoTool.Targets, t => t == "development" ? 5 : 2) : null;
}
