using System.Globalization;

namespace TelemetryKit.Api.Demo;

/// <summary>One session of one user, sent as one batch.</summary>
internal sealed record DemoSession(Guid BatchId, DemoInstall Install, string Version, IReadOnlyList<DemoEvent> Events);

/// <summary>A generated event.</summary>
internal sealed record DemoEvent(
    DateTimeOffset Time, string Type, string Subject, bool Success, double? DurationMs, IReadOnlyList<string> Flags, string? Target);

/// <summary>Generates the sessions of one hour. The same hour always has the same sessions.</summary>
internal sealed class DemoHour(DateOnly firstDay, Func<DateOnly, IReadOnlyList<DemoInstall>> installsOn)
{
    private const double SessionsAnHour = 15;
    private const double SecondsBetweenEvents = 45;

    // Activity by hour of the day (UTC; most users are in Europe and on the American east coast) and by day of the week.
    private static readonly double[] HourWeights =
        [0.25, 0.2, 0.15, 0.15, 0.2, 0.3, 0.6, 1.1, 1.6, 1.9, 2.0, 1.7, 1.5, 1.9, 2.1, 2.0, 1.8, 1.4, 1.1, 0.9, 0.8, 0.7, 0.5, 0.35];

    private static readonly double[] DayWeights = [0.3, 1.15, 1.25, 1.25, 1.2, 1.0, 0.35];

    /// <summary>Returns the sessions of the hour. Each begins and ends within it.</summary>
    public IEnumerable<DemoSession> Sessions(DateTimeOffset hour)
    {
        var day = DateOnly.FromDateTime(hour.UtcDateTime);
        var name = hour.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture);
        var random = DeterministicRandom.Of("hour " + name);
        var busy = HourWeights[hour.Hour] * DayWeights[(int)hour.DayOfWeek];
        var installs = installsOn(day);
        var count = random.Count(SessionsAnHour * (0.25 + (0.75 * busy)));
        for (var n = 0; n < count; n++)
        {
            var install = random.Pick(installs, i => i.Activity * (i.IsHuman ? busy : 0.6));
            var version = DemoTool.VersionOn(day, install.UpdateLag);
            var events = Events(random, hour, day, install).ToArray();
            if (events.Length == 0)
                continue;
            var id = DeterministicRandom.Id(string.Create(CultureInfo.InvariantCulture, $"batch {name} {n}"));
            yield return new(id, install, version, events);
        }
    }

    private IEnumerable<DemoEvent> Events(Random random, DateTimeOffset hour, DateOnly day, DemoInstall install)
    {
        var end = hour.AddHours(1);
        var time = hour.AddSeconds(random.NextDouble() * 3_000);
        for (var left = 1 + random.Count(2.2); left > 0 && time < end; left--)
        {
            var command = random.Pick(DemoTool.Commands, c => c.Weight * (c.Name == "test" && !install.IsHuman ? 2 : 1));
            var failed = random.Happens(command.Failures * (install.Actor == "agent" ? 1.6 : 1));
            var duration = random.LogNormal(command.MedianMs, 0.7);
            yield return new(
                time, "command_executed", command.Name, !failed, duration, Flags(random, command, day), Target(random, command));
            if (failed && random.Happens(0.5))
                yield return new(time, "error", random.Happens(0.7) ? "BuildFailed" : "NetworkTimeout", false, null, [], null);
            if (random.Happens(0.18))
                yield return new(
                    time, "feature_used", random.Pick(DemoTool.Features, f => f == "incremental" ? 4 : 1), true, null, [], null);
            time = time.AddSeconds(random.Exponential(SecondsBetweenEvents));
        }
    }

    private List<string> Flags(Random random, DemoCommand command, DateOnly day)
    {
        var flags = command.Flags.Where(_ => random.Happens(0.22)).ToList();
        if (command.Name is "build" or "test" && random.Happens(DemoTool.DeprecatedFlagOn(day, firstDay)))
            flags.Add(DemoTool.DeprecatedFlag);
        return flags;
    }

    private static string? Target(Random random, DemoCommand command) =>
        command.Name is "build" or "deploy" or "run" ? random.Pick(DemoTool.Targets, t => t == "development" ? 5 : 2) : null;
}
