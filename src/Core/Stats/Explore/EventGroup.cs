using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>The counters of a group of events of one day.</summary>
/// <param name="missed">The most events of the group that can have happened before it was counted.</param>
internal sealed class EventGroup(long missed)
{
    private InstallBuilder? _building = new();

    /// <summary>See the constructor; 0 if the counters are exact.</summary>
    public long Missed { get; } = missed;

    /// <summary>Events.</summary>
    public long Events { get; private set; }

    /// <summary>Events with <c>success</c> false.</summary>
    public long Failures { get; private set; }

    /// <summary>Events of type <c>error</c>.</summary>
    public long Errors { get; private set; }

    /// <summary>Events with <c>success</c>.</summary>
    public long Runs { get; private set; }

    /// <summary>The earliest event, microseconds since 1970-01-01 UTC.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest event.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>Distinct installs; <c>null</c> if there are none, or before <see cref="Freeze"/>.</summary>
    public DistinctCounter? Installs { get; private set; }

    /// <summary>Durations; <c>null</c> if no event has one.</summary>
    public BucketCounts? Durations { get; private set; }

    /// <summary>Events by hour; <c>null</c> if they aren't counted.</summary>
    public BucketCounts? Hours { get; private set; }

    /// <summary>Failures by hour; <c>null</c> if there are none or they aren't counted.</summary>
    public BucketCounts? FailureHours { get; private set; }

    /// <summary>The most events that the group can have.</summary>
    public long EventsMax => Events + Missed;

    /// <summary>Bytes of memory, estimated.</summary>
    public long EstimatedBytes =>
        160 + (Installs?.EstimatedBytes ?? 0) + (Durations?.EstimatedBytes ?? 0) + (Hours?.EstimatedBytes ?? 0)
        + (FailureHours?.EstimatedBytes ?? 0);

    /// <summary>Counts an event.</summary>
    public void Add(EventBatch batch, int index, bool hours)
    {
        var time = batch.Timestamp[index];
        var success = batch.Success[index];
        var failed = success == false;
        Events++;
        if (failed)
            Failures++;
        if (success is not null)
            Runs++;
        if (batch.Type[index] == EventTypes.Error)
            Errors++;
        First = Math.Min(First, time);
        Last = Math.Max(Last, time);
        _building!.Add(batch.Install[index]);
        if (DurationBuckets.Of(batch.DurationMs[index]) is var bucket && bucket != DurationBuckets.None)
            (Durations ??= new()).Add(bucket);
        if (!hours)
            return;
        var hour = (int)(time / TimeSpan.MicrosecondsPerHour % 24);
        (Hours ??= new()).Add(hour);
        if (failed)
            (FailureHours ??= new()).Add(hour);
    }

    /// <summary>Ends counting. Afterwards the group can be read by several threads.</summary>
    public void Freeze()
    {
        Installs = _building?.Build();
        _building = null;
    }
}
