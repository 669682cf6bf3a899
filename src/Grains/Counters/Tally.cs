namespace TelemetryKit.Grains.Counters;

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

/// <summary>What is counted of a group of events: of a day, a type, a subject, or a value of a dimension.</summary>
internal class Tally : INamed
{
    public readonly Kept Kept;

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

    // Where a tally keeps these, null is an empty one.
    public DistinctCounter? Installs;
    public BucketCounts? Durations;
    public BucketCounts? Hours;
    public BucketCounts? FailureHours;

    public Tally(in TallyName name, Kept kept)
    {
        Name = name;
        Kept = kept;
    }

    public TallyName Name { get; }

    public int Precision => (Kept & Kept.FineInstalls) == Kept.FineInstalls ? DistinctCounter.FinePrecision : DistinctCounter.CoarsePrecision;

    public virtual long EstimatedBytes =>
        128 + ((Name.Text?.Length ?? 0) * 2L) + (Installs?.EstimatedBytes ?? 0) + (Durations?.EstimatedBytes ?? 0) + (Hours?.EstimatedBytes ?? 0) + (FailureHours?.EstimatedBytes ?? 0);

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
        if (Kept == Kept.Numbers)
            return;
        if ((Kept & Kept.Installs) != 0 && sample.Install != 0)
            (Installs ??= new DistinctCounter(Precision, bounds.ExactSet)).Add(sample.Install);
        if ((Kept & Kept.Durations) != 0 && sample.Bucket != DurationBuckets.None)
            (Durations ??= new BucketCounts()).Add(sample.Bucket);
        if ((Kept & Kept.Hours) == 0)
            return;
        (Hours ??= new BucketCounts()).Add(sample.Hour);
        if (sample.Failed)
            (FailureHours ??= new BucketCounts()).Add(sample.Hour);
    }

    /// <summary>Adds what another tally counted, as far as this one keeps it. They share nothing afterwards.</summary>
    public void MergeFrom(Tally other, RollupBounds bounds)
    {
        Events += other.Events;
        Failures += other.Failures;
        Said += other.Said;
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
        if (Kept == Kept.Numbers)
            return;
        if ((Kept & Kept.Installs) != 0 && other.Installs is not null)
            (Installs ??= new DistinctCounter(Precision, bounds.ExactSet)).MergeFrom(other.Installs);
        if ((Kept & Kept.Durations) != 0)
            Merge(ref Durations, other.Durations);
        if ((Kept & Kept.Hours) == 0)
            return;
        Merge(ref Hours, other.Hours);
        Merge(ref FailureHours, other.FailureHours);
    }

    private static void Merge(ref BucketCounts? counts, BucketCounts? other)
    {
        if (other is null)
            return;
        if (counts is null)
            counts = other.Clone();
        else
            counts.MergeFrom(other);
    }
}
