namespace TelemetryKit.Core.Counters;

/// <summary>What a tally may keep in addition to its numbers. Each field is <c>null</c> while empty.</summary>
internal sealed class Details
{
    public InstallSet? Installs;
    public BucketCounts? Durations;
    public BucketCounts? Hours;
    public BucketCounts? FailureHours;

    public long EstimatedBytes =>
        48 + (Installs?.EstimatedBytes ?? 0) + (Durations?.EstimatedBytes ?? 0)
        + (Hours?.EstimatedBytes ?? 0) + (FailureHours?.EstimatedBytes ?? 0);

    public static void Merge(ref BucketCounts? counts, BucketCounts? other)
    {
        if (other is null)
            return;
        if (counts is null)
            counts = other.Clone();
        else
            counts.MergeFrom(other);
    }
}
