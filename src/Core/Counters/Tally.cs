namespace TelemetryKit.Core.Counters;

/// <summary>What a tally keeps in addition to its numbers.</summary>
[Flags]
internal enum Kept : byte
{
    /// <summary>Events, failures, first and last only.</summary>
    Numbers = 0,

    /// <summary>Distinct installs.</summary>
    Installs = 1,

    /// <summary>Durations of events.</summary>
    Durations = 4,

    /// <summary>Events and failures by hour of the day.</summary>
    Hours = 8,
}

/// <summary>
/// The counters of a group of events: of a day, a type, a subject, or a value of a dimension. A struct, because most of the thousands in
/// a rollup hold only the numbers of a value, and an object for each would double their memory.
/// </summary>
internal struct Tally(Kept kept)
{
    /// <summary>Events; at least 1, except for a day without events.</summary>
    public long Events;

    /// <summary>
    /// Runs that failed: <c>success</c> is false. Rollups that were counted before errors were counted beside the runs also include the
    /// events of type <c>error</c> without <c>success</c>, here and in <see cref="WithOutcome"/>, and are read unchanged.
    /// </summary>
    public long Failures;

    /// <summary>Runs: events with <c>success</c>, failures included.</summary>
    public long WithOutcome;

    /// <summary>Seconds since 1970-01-01 UTC of the earliest event.</summary>
    public uint First = uint.MaxValue;

    /// <summary>Seconds since 1970-01-01 UTC of the latest event.</summary>
    public uint Last;

    /// <summary>What is kept in addition to the numbers; <c>null</c> if nothing is, or if no event was counted.</summary>
    public Details? Details;

    public readonly Kept Kept => kept;

    public readonly bool Keeps(Kept part) => (kept & part) != 0;

    /// <summary>Counts one event.</summary>
    public void Add(in Sample sample, InstallIndex installs)
    {
        Events++;
        if (sample.Failed)
            Failures++;
        if (sample.HasOutcome)
            WithOutcome++;
        First = Math.Min(First, sample.Second);
        Last = Math.Max(Last, sample.Second);
        if (kept != Kept.Numbers)
            AddDetails(sample, installs);
    }

    /// <summary>Adds the counters of another tally that this one keeps. The two share no state afterwards.</summary>
    public void MergeFrom(in Tally other, InstallIndex installs)
    {
        AddNumbers(other);
        if (kept != Kept.Numbers && other.Details is not null)
            MergeDetails(other.Details, installs);
    }

    /// <summary>Adds only the numbers of another tally.</summary>
    public void AddNumbers(in Tally other)
    {
        Events += other.Events;
        Failures += other.Failures;
        WithOutcome += other.WithOutcome;
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
    }

    private void AddDetails(in Sample sample, InstallIndex installs)
    {
        var details = Details ??= new Details();
        if (Keeps(Kept.Installs) && sample.Install != 0)
            (details.Installs ??= new InstallSet(installs)).Add(sample);
        if (Keeps(Kept.Durations) && sample.Bucket != DurationBuckets.None)
            (details.Durations ??= new BucketCounts()).Add(sample.Bucket);
        if (!Keeps(Kept.Hours))
            return;
        (details.Hours ??= new BucketCounts()).Add(sample.Hour);
        if (sample.Failed)
            (details.FailureHours ??= new BucketCounts()).Add(sample.Hour);
    }

    private void MergeDetails(Details other, InstallIndex installs)
    {
        var details = Details ??= new Details();
        if (Keeps(Kept.Installs) && other.Installs is not null)
            (details.Installs ??= new InstallSet(installs)).MergeFrom(other.Installs);
        if (Keeps(Kept.Durations))
            Details.Merge(ref details.Durations, other.Durations);
        if (!Keeps(Kept.Hours))
            return;
        Details.Merge(ref details.Hours, other.Hours);
        Details.Merge(ref details.FailureHours, other.FailureHours);
    }
}
