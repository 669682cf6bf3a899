using TelemetryKit.Grains.Counters;

namespace TelemetryKit.Grains.Stats;

/// <summary>Sums over tallies of which none shares an event with another. Each figure is worked out only when it is asked for.</summary>
internal readonly struct Totals(List<Tally> tallies)
{
    public long Events
    {
        get
        {
            long events = 0;
            foreach (var tally in tallies)
                events += tally.Events;
            return events;
        }
    }

    public long Failures
    {
        get
        {
            long failures = 0;
            foreach (var tally in tallies)
                failures += tally.Failures;
            return failures;
        }
    }

    public double? SuccessRate
    {
        get
        {
            long said = 0;
            foreach (var tally in tallies)
                said += tally.Said;
            return said == 0 ? null : 1 - ((double)Failures / said);
        }
    }

    /// <summary>Distinct installs; <c>null</c> where they are not kept.</summary>
    public long? Installs
    {
        get
        {
            if (tallies.Count == 0)
                return 0;
            if ((tallies[0].Kept & Kept.Installs) == 0)
                return null;
            return tallies.Count == 1 ? tallies[0].Installs?.Count ?? 0 : Union().Count;
        }
    }

    public DateTimeOffset FirstSeen
    {
        get
        {
            var first = uint.MaxValue;
            foreach (var tally in tallies)
                first = Math.Min(first, tally.First);
            return DateTimeOffset.FromUnixTimeSeconds(first);
        }
    }

    public DateTimeOffset LastSeen
    {
        get
        {
            uint last = 0;
            foreach (var tally in tallies)
                last = Math.Max(last, tally.Last);
            return DateTimeOffset.FromUnixTimeSeconds(last);
        }
    }

    /// <summary>Counts durations into buckets. False where they are not kept, or no event had one.</summary>
    public bool CountDurations(Span<long> buckets)
    {
        buckets.Clear();
        var any = false;
        foreach (var tally in tallies)
        {
            if (tally.Durations is null)
                continue;
            tally.Durations.AddTo(buckets);
            any = true;
        }

        return any;
    }

    private DistinctCounter Union()
    {
        var union = new DistinctCounter(tallies[0].Precision, Limits.ExactSetSize);
        foreach (var tally in tallies)
        {
            if (tally.Installs is not null)
                union.MergeFrom(tally.Installs);
        }

        return union;
    }
}
