using TelemetryKit.Core.Events;

namespace TelemetryKit.Bench.Counters;

/// <summary>Realistic batches of a command-line tool. Strings are shared within and between batches, as by the parser.</summary>
internal sealed class Workload(int seed)
{
    private static readonly long Day = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;

    private static readonly EventContext[] Contexts =
        [.. from os in new[] { "linux", "macos", "windows" }
            from runtime in new[] { "dotnet 10.0", "dotnet 9.0" }
            from actor in new[] { "human", "ci", "agent" }
            select new EventContext(os, os == "macos" ? "arm64" : "x64", runtime, actor, "dotnet/1.0.0", "{}")];

    private static readonly string[] Versions = ["1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.2.0", "1.3.0"];

    private static readonly string[] Targets = [.. Enumerable.Range(0, 20).Select(i => "target-" + i)];

    private static readonly string[] Names = [.. Enumerable.Range(0, 200).Select(i => "command-" + i)];

    private readonly Random _random = new(seed);

    /// <summary>Adds events of one machine, with one context, version, install and session.</summary>
    public void AddMachine(EventBatch batch, int events, int subjects, int installs = 100_000, int day = 0)
    {
        var context = Contexts[Skewed(Contexts.Length)];
        var version = Versions[Skewed(Versions.Length)];
        long install = _random.Next(1, installs + 1);
        var session = _random.NextInt64();
        var time = Day + (day * 86_400_000_000L) + _random.NextInt64(80_000_000_000);
        for (var i = 0; i < events; i++)
        {
            var command = Names[Skewed(subjects)];
            batch.AppendValue("command", command);
            batch.AppendValue("target", Targets[Skewed(Targets.Length)]);
            batch.Add(
                Guid.Empty, time += _random.Next(5_000_000), "command_executed", command, install, session, version,
                _random.Next(10) != 0, MathF.Exp(4 + (float)Normal()), context);
        }
    }

    private int Skewed(int n) => Math.Min(_random.Next(n), _random.Next(n));

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
