namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>What is counted of some events.</summary>
internal sealed class Count
{
    public long Events { get; private set; }

    public long Failures { get; private set; }

    public long Errors { get; private set; }

    public long Runs { get; private set; }

    public long Installs { get; private set; }

    public long Sessions { get; private set; }

    public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The durations, shortest first.</summary>
    public List<double> Durations { get; } = [];

    /// <summary>The share of the runs that didn't fail; <c>null</c> if there are none.</summary>
    public double? SuccessRate => Runs == 0 ? null : 1 - ((double)Failures / Runs);

    public static Count Of(IEnumerable<Fact> facts)
    {
        var count = new Count();
        HashSet<string> installs = [];
        HashSet<string> sessions = [];
        foreach (var fact in facts)
        {
            count.Events++;
            if (fact.Failed)
                count.Failures++;
            if (fact.IsError)
                count.Errors++;
            if (fact.Success is not null)
                count.Runs++;
            if (fact.User is not null)
                installs.Add(fact.User);
            if (fact.Session is not null)
                sessions.Add(fact.Session);
            if (fact.DurationMs is { } duration)
                count.Durations.Add(duration);
            if (fact.Time < count.First)
                count.First = fact.Time;
            if (fact.Time > count.Last)
                count.Last = fact.Time;
        }

        count.Installs = installs.Count;
        count.Sessions = sessions.Count;
        count.Durations.Sort();
        return count;
    }

    /// <summary>
    /// The nearest rank: the shortest duration that is at least as long as a share of all; <c>null</c> if there are none.
    /// </summary>
    public double? Percentile(int percent)
    {
        if (Durations.Count == 0)
            return null;
        var rank = ((percent * Durations.Count) + 99) / 100;
        return Durations[Math.Max(1, rank) - 1];
    }
}
