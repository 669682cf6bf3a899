using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

/// <summary>
/// Random events, deterministic for a seed. Names repeat often, as in practice, and there are more of them than small bounds allow.
/// </summary>
internal sealed class Facts(int seed, int names = 12)
{
    public static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Types =
        ["command_executed", "feature_used", "method_called", "component_rendered", "error", "metric", "log", "häufig"];

    private readonly Random _random = new(seed);

    /// <summary>Seeds for property tests.</summary>
    public static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue).ToArbitrary();

    public List<Fact> Take(int count, int days = 1)
    {
        var facts = new List<Fact>(count);
        var contexts = Enumerable.Range(0, 6).Select(_ => Context()).ToArray();
        while (facts.Count < count)
        {
            // Machines send several events in a row.
            var context = contexts[_random.Next(contexts.Length)];
            var version = Name("1.0.");
            var install = _random.Next(8) == 0 ? 0 : Hash(_random.Next(1, 200));
            for (var run = _random.Next(1, 6); run > 0 && facts.Count < count; run--)
                facts.Add(Next(context, version, install, days));
        }

        return facts;
    }

    /// <summary>Splits events into parts, some of which may be empty.</summary>
    public List<List<Fact>> Split(IEnumerable<Fact> facts, int parts)
    {
        var cut = Enumerable.Range(0, parts).Select(_ => new List<Fact>()).ToList();
        foreach (var fact in facts)
            cut[_random.Next(parts)].Add(fact);
        return cut;
    }

    public T[] Shuffled<T>(IEnumerable<T> items)
    {
        var array = items.ToArray();
        _random.Shuffle(array);
        return array;
    }

    public int Next(int below) => _random.Next(below);

    /// <summary>Returns a number that looks like the hash of an id.</summary>
    public static long Hash(int n) => unchecked(n * (long)0x9E3779B97F4A7C15);

    private Fact Next(EventContext context, string? version, long install, int days) => new()
    {
        Time = Day.AddDays(_random.Next(days)).AddTicks(_random.NextInt64(TimeSpan.TicksPerDay) / 10 * 10),
        Type = Types[Math.Min(_random.Next(Types.Length), _random.Next(Types.Length))],
        Subject = Name("subject-"),
        Install = install,
        Session = install == 0 ? 0 : install ^ _random.Next(3),
        Version = version,
        Success = _random.Next(4) switch { 0 => null, 1 => false, _ => true },
        DurationMs = _random.Next(3) == 0 ? float.NaN : MathF.Exp((_random.NextSingle() * 12) - 2),
        Context = context,
        Metadata = Metadata(),
    };

    private (string Key, string Value)[] Metadata()
    {
        var keys = new HashSet<string>();
        for (var n = _random.Next(4); n > 0; n--)
            keys.Add("key" + _random.Next(names / 2));
        return [.. keys.SelectMany(key => Values().Select(value => (key, value)))];
    }

    /// <summary>Usually one value; several for an array.</summary>
    private HashSet<string> Values() =>
        [.. Enumerable.Range(0, _random.Next(5) == 0 ? 3 : 1).Select(_ => "value" + _random.Next(names))];

    private EventContext Context() => new(Name("os"), Name("arch"), Name("runtime"), Actor(), Name("sdk"), "{}");

    private string? Actor() => _random.Next(5) == 0 ? null : _random.Next(2) == 0 ? "human" : "ci";

    private string? Name(string prefix) => _random.Next(10) == 0 ? null : prefix + _random.Next(names);
}
