using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>The facts about one event that tallies count, computed once for all tallies of the event.</summary>
internal readonly struct Sample
{
    public readonly ulong Install;
    public readonly uint Second;
    public readonly short Bucket;
    public readonly byte Hour;
    public readonly bool Failed;
    public readonly bool HasOutcome;

    public Sample(EventBatch batch, int index)
    {
        Install = DistinctCounter.Element(batch.Install[index]);
        Second = (uint)Math.Clamp(batch.Timestamp[index] / 1_000_000, 0, uint.MaxValue);
        Hour = (byte)(Second / 3600 % 24);
        Bucket = (short)DurationBuckets.Of(batch.DurationMs[index]);
        Failed = batch.Success[index] is false;
        HasOutcome = batch.Success[index] is not null;
    }
}
