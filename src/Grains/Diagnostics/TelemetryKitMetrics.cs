using System.Diagnostics;
using System.Diagnostics.Metrics;
using TelemetryKit.Grains.Accounts.Mail;
using TelemetryKit.Grains.Events;

namespace TelemetryKit.Grains.Diagnostics;

/// <summary>The server's own instruments, under the meter and activity source <c>TelemetryKit</c>. No tag ever names a tenant, project, key or user.</summary>
public sealed class TelemetryKitMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "TelemetryKit";

    private static readonly KeyValuePair<string, object?> AcceptedTag = new("outcome", "accepted");
    private static readonly KeyValuePair<string, object?> DuplicateTag = new("outcome", "duplicate");

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _events;
    private readonly Counter<long> _storeErrors;
    private readonly Counter<long> _folded;
    private readonly Counter<long> _purged;
    private readonly Counter<long> _droppedMetadata;
    private readonly Counter<long> _failedMails;
    private readonly Counter<long> _givenUpMails;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<long> _commitEvents;
    private readonly Histogram<long> _commitBatches;
    private long _waitingBytes;
    private double _compactorLagSeconds;
    private long _retryingMails;

    /// <summary>Creates the instruments.</summary>
    public TelemetryKitMetrics()
    {
        _events = _meter.CreateCounter<long>("telemetrykit.events", "{event}", "Events by outcome: accepted, duplicate, or the reason they were dropped.");
        _storeErrors = _meter.CreateCounter<long>("telemetrykit.store.errors", "{error}", "Faults of the store, by the step that met them.");
        _folded = _meter.CreateCounter<long>("telemetrykit.compactor.folded", "{delta}", "Deltas folded into rollups.");
        _purged = _meter.CreateCounter<long>("telemetrykit.purge.events", "{event}", "Events deleted because they were older than they are kept.");
        _droppedMetadata = _meter.CreateCounter<long>("telemetrykit.metadata.dropped", "{key}", "Metadata keys dropped because the project's allow-list lacks them.");
        _failedMails = _meter.CreateCounter<long>("telemetrykit.mail.failures", "{attempt}", "Attempts to send a mail that failed and are repeated, by reason.");
        _givenUpMails = _meter.CreateCounter<long>("telemetrykit.mail.given_up", "{mail}", "Mails that were not sent and are not tried again, by reason.");
        _commitDuration = _meter.CreateHistogram<double>("telemetrykit.commit.duration", "s", "Time of an ingest transaction.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
        });
        var sizes = new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000] };
        _commitEvents = _meter.CreateHistogram("telemetrykit.commit.events", "{event}", "Events an ingest transaction brought.", advice: sizes);
        _commitBatches = _meter.CreateHistogram("telemetrykit.commit.batches", "{batch}", "Batches an ingest transaction brought.", advice: sizes);
        _meter.CreateObservableGauge("telemetrykit.waiting.bytes", () => Interlocked.Read(ref _waitingBytes), "By", "Bytes of parsed batches that wait for their commit.");
        _meter.CreateObservableGauge("telemetrykit.mail.retrying", () => Interlocked.Read(ref _retryingMails), "{mail}", "Mails that could not be sent and wait to be tried again.");
        _meter.CreateObservableGauge("telemetrykit.compactor.lag", () => Volatile.Read(ref _compactorLagSeconds), "s", "Age of the oldest delta that waits to be folded.");
    }

    /// <summary>Traces of the commit path.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Notes what became of a batch's events.</summary>
    public void Counted(int accepted, int duplicates)
    {
        if (accepted > 0)
            _events.Add(accepted, AcceptedTag);
        if (duplicates > 0)
            _events.Add(duplicates, DuplicateTag);
    }

    /// <summary>Notes events that were dropped.</summary>
    public void Dropped(DropReason reason, int count) => _events.Add(count, new KeyValuePair<string, object?>("outcome", reason.Code()));

    /// <summary>Notes metadata keys that an allow-list kept out.</summary>
    public void DroppedMetadata(int keys) => _droppedMetadata.Add(keys);

    /// <summary>Notes a committed transaction.</summary>
    public void Committed(TimeSpan duration, int events, int batches)
    {
        _commitDuration.Record(duration.TotalSeconds);
        _commitEvents.Record(events);
        _commitBatches.Record(batches);
    }

    /// <summary>Notes a fault of the store.</summary>
    public void StoreFailed(string step) => _storeErrors.Add(1, new KeyValuePair<string, object?>("step", step));

    /// <summary>Notes deltas folded into rollups.</summary>
    public void Folded(int deltas) => _folded.Add(deltas);

    /// <summary>Notes events that the daily purge deleted.</summary>
    public void Purged(long events) => _purged.Add(events);

    /// <summary>Notes an attempt to send a mail that failed and is to be repeated.</summary>
    public void MailFailed(MailFailure failure) => _failedMails.Add(1, new KeyValuePair<string, object?>("reason", failure.Code()));

    /// <summary>Notes a mail that is not sent.</summary>
    public void MailGivenUp(string reason) => _givenUpMails.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Sets how many mails wait to be tried again.</summary>
    public void MailsRetrying(long mails) => Interlocked.Exchange(ref _retryingMails, mails);

    /// <summary>Sets the age of the oldest delta that waits.</summary>
    public void CompactorLag(TimeSpan lag) => Volatile.Write(ref _compactorLagSeconds, lag.TotalSeconds);

    /// <summary>Sets the bytes that wait for a commit.</summary>
    public void Waiting(long bytes) => Interlocked.Exchange(ref _waitingBytes, bytes);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
