using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>The facts about one event that tallies count, computed once for all tallies of the event.</summary>
internal readonly struct Sample
{
    public readonly ulong Install;

    /// <summary>The rank of the install in the index of the rollup; -1 without one, or after the index overflowed.</summary>
    public readonly int Rank;
    public readonly uint Second;
    public readonly short Bucket;
    public readonly byte Hour;
    public readonly bool Failed;
    public readonly bool HasOutcome;

    public Sample(EventBatch batch, int index, InstallIndex installs)
    {
        Install = DistinctCounter.Element(batch.Install[index]);
        Rank = Install == 0 ? -1 : installs.RankOf(Install);
        Second = (uint)Math.Clamp(batch.Timestamp[index] / 1_000_000, 0, uint.MaxValue);
        Hour = (byte)(Second / 3600 % 24);
        Bucket = (short)DurationBuckets.Of(batch.DurationMs[index]);
        Failed = batch.Success[index] is false;
        HasOutcome = batch.Success[index] is not null;
    }
}
