using System.Globalization;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>What is counted of events, by counting each of them.</summary>
public sealed class Count(IEnumerable<Sent> events)
{
    private readonly List<Sent> _events = [.. events];

    public int Events => _events.Count;

    public int Installs => _events.Select(sent => sent.User).Distinct().Count();

    public int Runs => _events.Count(sent => sent.Success is not null);

    public int Failures => _events.Count(sent => sent.Failed);

    public int Errors => _events.Count(sent => sent.Type == "error");

    public double FailureRate => (double)Failures / Runs;

    /// <summary>When the last event was, as the pages write it on hover.</summary>
    public string LastSeen => Utc(_events.Max(sent => sent.Time));

    /// <summary>When the first event was, as for the last one.</summary>
    public string FirstSeen => Utc(_events.Min(sent => sent.Time));

    /// <summary>The nearest rank.</summary>
    public double Percentile(int percent)
    {
        var durations = _events.Where(sent => sent.DurationMs is not null).Select(sent => sent.DurationMs!.Value).Order().ToList();
        return durations[Math.Max(1, ((percent * durations.Count) + 99) / 100) - 1];
    }

    private static string Utc(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
