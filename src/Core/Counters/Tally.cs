namespace TelemetryKit.Core.Counters;

/// <summary>What a tally keeps beside its plain numbers.</summary>
[Flags]
internal enum Kept : byte
{
    /// <summary>Events, failures, first and last only.</summary>
    Numbers = 0,

    /// <summary>Distinct installs.</summary>
    Installs = 1,

    /// <summary>Distinct installs, to the precision of a day's total.</summary>
    FineInstalls = 3,

    /// <summary>How long events took.</summary>
    Durations = 4,

    /// <summary>Events and failures by hour of the day.</summary>
    Hours = 8,
}

/// <summary>
/// What is counted of a group of events: of a day, a type, a subject, or a value of a dimension. A struct, because most of the thousands
/// of a rollup are plain numbers of a value, and an object for each would double their memory.
/// </summary>
internal struct Tally(Kept kept)
{
    /// <summary>Events; at least 1, except for a day without any.</summary>
    public long Events;

    /// <summary>Events that failed: <c>success</c> false, or type <c>error</c> that didn't say.</summary>
    public long Failures;

    /// <summary>Events that said whether they succeeded, failures included.</summary>
    public long Said;

    /// <summary>Seconds since 1970-01-01 UTC of the earliest event.</summary>
    public uint First = uint.MaxValue;

    /// <summary>Seconds since 1970-01-01 UTC of the latest event.</summary>
    public uint Last;

    /// <summary>What is kept beside the numbers; <c>null</c> where nothing is, or nothing has been counted.</summary>
    public Details? Details;

    public readonly Kept Kept => kept;

    public readonly int Precision => (kept & Kept.FineInstalls) == Kept.FineInstalls ? DistinctCounter.FinePrecision : DistinctCounter.CoarsePrecision;

    public readonly bool Keeps(Kept part) => (kept & part) != 0;

    /// <summary>Counts one event.</summary>
    public void Add(in Sample sample, RollupBounds bounds)
    {
        Events++;
        if (sample.Failed)
            Failures++;
        if (sample.Said)
            Said++;
        First = Math.Min(First, sample.Second);
        Last = Math.Max(Last, sample.Second);
        if (kept != Kept.Numbers)
            AddDetails(sample, bounds);
    }

    /// <summary>Adds what another tally counted, as far as this one keeps it. They share nothing afterwards.</summary>
    public void MergeFrom(in Tally other, RollupBounds bounds)
    {
        Events += other.Events;
        Failures += other.Failures;
        Said += other.Said;
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
        if (kept != Kept.Numbers && other.Details is not null)
            MergeDetails(other.Details, bounds);
    }

    private void AddDetails(in Sample sample, RollupBounds bounds)
    {
        var details = Details ??= new Details();
        if (Keeps(Kept.Installs) && sample.Install != 0)
            (details.Installs ??= new DistinctCounter(Precision, bounds.ExactSet)).Add(sample.Install);
        if (Keeps(Kept.Durations) && sample.Bucket != DurationBuckets.None)
            (details.Durations ??= new BucketCounts()).Add(sample.Bucket);
        if (!Keeps(Kept.Hours))
            return;
        (details.Hours ??= new BucketCounts()).Add(sample.Hour);
        if (sample.Failed)
            (details.FailureHours ??= new BucketCounts()).Add(sample.Hour);
    }

    private void MergeDetails(Details other, RollupBounds bounds)
    {
        var details = Details ??= new Details();
        if (Keeps(Kept.Installs) && other.Installs is not null)
            (details.Installs ??= new DistinctCounter(Precision, bounds.ExactSet)).MergeFrom(other.Installs);
        if (Keeps(Kept.Durations))
            Details.Merge(ref details.Durations, other.Durations);
        if (!Keeps(Kept.Hours))
            return;
        Details.Merge(ref details.Hours, other.Hours);
        Details.Merge(ref details.FailureHours, other.FailureHours);
    }
}
