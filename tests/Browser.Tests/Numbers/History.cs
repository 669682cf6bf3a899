using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>
/// Four weeks of a tool, the same in each run: installs of people, CI and agents that move to newer versions, with failures, errors and
/// flags. It is sent out of order, and partly twice.
/// </summary>
public sealed class History
{
    /// <summary>The days before today that have events.</summary>
    public const int Days = 28;

    private const int Installs = 60;
    private const int Runs = 900;

    private static readonly (string Version, int FirstDay)[] Versions =
        [("1.8.0", 0), ("1.9.0", 4), ("1.10.0", 9), ("2.0.0-beta.1", 14), ("2.0.0", 18)];

    private static readonly string[] Commands = ["build", "build", "build", "test", "test", "deploy", "clean"];
    private static readonly string[] Flags = ["--fast", "--verbose", "--legacy"];
    private static readonly string[] Errors = ["System.IO.IOException", "System.TimeoutException"];
    private static readonly int?[] ExitCodes = [1, 1, 1, 2, 70, null];

    private readonly Random _random = new(13);
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private readonly List<Sent> _events = [];

    /// <summary>Creates it up to now.</summary>
    public History()
    {
        Today = DateOnly.FromDateTime(_now.UtcDateTime);
        // Installs come and go.
        var machines = Enumerable.Range(0, Installs)
            .Select(i => (User: $"install {i}", From: _random.Next(Days - 4), Days: _random.Next(1, Days), Machine: MachineOf(i))).ToList();
        for (var i = 0; i < Runs; i++)
        {
            var (user, from, days, machine) = machines[_random.Next(Installs)];
            Add(user, machine, _random.Next(from, Math.Min(from + days, Days)));
        }
    }

    /// <summary>The UTC day of the last events.</summary>
    public DateOnly Today { get; }

    /// <summary>All events.</summary>
    public IReadOnlyList<Sent> Events => _events;

    /// <summary>The events of some days.</summary>
    public IEnumerable<Sent> Between(DateOnly from, DateOnly to) => _events.Where(sent => sent.Day >= from && sent.Day <= to);

    /// <summary>Sends it.</summary>
    public async Task SendAsync(Site site, string key)
    {
        var groups = _events.GroupBy(sent => (sent.Version, sent.Machine)).SelectMany(group => group.Chunk(40)).ToArray();
        _random.Shuffle(groups);
        var accepted = 0;
        foreach (var (i, group) in groups.Index())
        {
            // An event that waited is in a batch with later ones.
            _random.Shuffle(group);
            // Either the batch or its events have ids. Those that are sent again count once.
            var batch = Batch(group, i % 2 == 0);
            accepted += await site.SendAsync(key, batch);
            if (i % 3 == 0)
                Assert.Equal(0, await site.SendAsync(key, batch));
        }

        Assert.Equal(_events.Count, accepted);
    }

    private static object Batch(Sent[] events, bool hasId) => new
    {
        batch_id = hasId ? Guid.NewGuid() : (Guid?)null,
        service_version = events[0].Version,
        context = new
        {
            os = events[0].Machine.Os, actor = events[0].Machine.Actor, agent = events[0].Machine.Agent, ci_name = events[0].Machine.Ci,
        },
        events = events.Select(sent => new
        {
            event_id = hasId ? (Guid?)null : Guid.NewGuid(), event_type = sent.Type, timestamp = sent.Time, user_id = sent.User,
            success = sent.Success, duration_ms = sent.DurationMs, metadata = MetadataOf(sent),
        }).ToList(),
    };

    private static Dictionary<string, object> MetadataOf(Sent sent)
    {
        var key = sent.Type switch { "command_executed" => "command", "feature_used" => "feature", _ => "name" };
        var metadata = new Dictionary<string, object> { [key] = sent.Subject };
        if (sent.ExitCode is { } code)
            metadata["exit_code"] = code;
        if (sent.Flags.Count > 0)
            metadata["flags"] = sent.Flags;
        return metadata;
    }

    private static Machine MachineOf(int install) => new(
        (install % 5) switch { 0 or 1 => "linux", 2 or 3 => "windows", _ => "macos" },
        (install % 10) switch { < 6 => "human", < 9 => "ci", _ => "agent" },
        install % 10 == 9 ? (install % 20 == 9 ? "claude-code" : "codex") : null,
        install % 10 is >= 6 and < 9 ? (install % 2 == 0 ? "github_actions" : "gitlab_ci") : null);

    private void Add(string user, Machine machine, int day)
    {
        var time = TimeOn(day);
        var known = Versions.Where(one => one.FirstDay <= day).ToList();
        // Most installs update soon.
        var version = known[Math.Max(0, known.Count - 1 - (_random.Next(10) < 6 ? 0 : _random.Next(3)))].Version;
        var sent = new Sent(time, user, "command_executed", Commands[_random.Next(Commands.Length)], version, machine);
        // One command is no longer used in the second half.
        if (day < Days / 2 && _random.Next(12) == 0)
            sent = sent with { Subject = "init" };
        var fails = _random.Next(100) < (version == "2.0.0" ? 22 : 9);
        _events.Add(sent with
        {
            // Some were stopped by the user, and have no outcome.
            Success = _random.Next(25) == 0 ? null : !fails,
            DurationMs = Math.Round(20 + Math.Exp(_random.NextDouble() * 9), 3),
            Flags = [.. Flags.Where(_ => _random.Next(4) == 0)],
        });
        if (_events[^1].Failed)
            _events[^1] = _events[^1] with { ExitCode = ExitCodes[_random.Next(ExitCodes.Length)] };
        if (_random.Next(3) == 0)
            _events.Add(new(time, user, "feature_used", _random.Next(3) == 0 ? "plugins" : "cache", version, machine));
        if (fails && _random.Next(2) == 0)
            _events.Add(new(time, user, "error", Errors[_random.Next(Errors.Length)], version, machine));
    }

    private DateTimeOffset TimeOn(int day)
    {
        var start = new DateTimeOffset(Today.AddDays(day + 1 - Days), TimeOnly.MinValue, TimeSpan.Zero);
        var length = day == Days - 1 ? _now - start : TimeSpan.FromDays(1);
        // In whole milliseconds, as SDKs send them.
        return start.AddMilliseconds(Math.Floor(length.TotalMilliseconds * _random.NextDouble()));
    }
}
