using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Diagnostics;

/// <summary>
/// The server's instruments, with the meter and activity source <c>TelemetryKit</c>. Tags never contain a tenant, project, key or user.
/// A listener runs on the measuring thread; if it fails, that is logged once and the measured work continues.
/// </summary>
public sealed partial class TelemetryKitMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "TelemetryKit";

    // The steps of StoreFailed.
    private static readonly string[] StoreSteps = ["batch", "commit", "compaction", "fold", "group"];

    private static readonly KeyValuePair<string, object?> AcceptedTag = new("outcome", "accepted");
    private static readonly KeyValuePair<string, object?> DuplicateTag = new("outcome", "duplicate");

    private readonly Meter _meter;
    private readonly bool _isObserved;
    private readonly Counter<long> _events;
    private readonly Counter<long> _storeErrors;
    private readonly Counter<long> _folded;
    private readonly Counter<long> _purged;
    private readonly Counter<long> _droppedMetadata;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _failedMails;
    private readonly Counter<long> _givenUpMails;
    private readonly Counter<long> _billingWebhooks;
    private readonly Counter<long> _billingDrift;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<long> _commitEvents;
    private readonly Histogram<long> _commitBatches;
    private readonly ILogger? _logger;
    private long _waitingBytes;
    private long _bodyBytes;
    private long _retryingMails;
    private double _compactorLagSeconds;
    private bool _listenerFailed;

    /// <summary>Creates the instruments.</summary>
    public TelemetryKitMetrics(ILogger<TelemetryKitMetrics>? logger = null)
        : this(new Meter(Name), isObserved: true, logger)
    {
    }

    private TelemetryKitMetrics(Meter meter, bool isObserved, ILogger? logger)
    {
        (_meter, _isObserved, _logger) = (meter, isObserved, logger);
        _events = _meter.CreateCounter<long>(
            "telemetrykit.events", "{event}", "Events by outcome: accepted, duplicate, or the reason for the drop.");
        _storeErrors = _meter.CreateCounter<long>("telemetrykit.store.errors", "{error}", "Errors of the store by step.");
        _folded = _meter.CreateCounter<long>("telemetrykit.compactor.folded", "{delta}", "Deltas folded into rollups.");
        _purged = _meter.CreateCounter<long>(
            "telemetrykit.purge.events", "{event}", "Events deleted because their retention period has ended.");
        _droppedMetadata = _meter.CreateCounter<long>(
            "telemetrykit.metadata.dropped", "{key}", "Metadata keys dropped because they are not in the project's allow-list.");
        _refused = _meter.CreateCounter<long>(
            "telemetrykit.requests.refused",
            "{request}",
            "Requests refused because a resource or a share of it is used up, by stage and bound.");
        _failedMails = _meter.CreateCounter<long>(
            "telemetrykit.mail.failures", "{attempt}", "Failed attempts to send a mail that are retried, by reason.");
        _givenUpMails = _meter.CreateCounter<long>(
            "telemetrykit.mail.given_up", "{mail}", "Mails that were not sent and are not retried, by reason.");
        _billingWebhooks = _meter.CreateCounter<long>(
            "telemetrykit.billing.webhooks", "{webhook}", "Webhooks of the payment provider by kind, each counted once.");
        _billingDrift = _meter.CreateCounter<long>(
            "telemetrykit.billing.drift", "{tenant}", "Tenants whose state had changed at the payment provider without a webhook.");
        var durations = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
        };
        var sizes = new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000],
        };
        _commitDuration = _meter.CreateHistogram(
            "telemetrykit.commit.duration", "s", "Duration of an ingest transaction.", advice: durations);
        _commitEvents = _meter.CreateHistogram("telemetrykit.commit.events", "{event}", "Events of an ingest transaction.", advice: sizes);
        _commitBatches = _meter.CreateHistogram(
            "telemetrykit.commit.batches", "{batch}", "Batches of an ingest transaction.", advice: sizes);
        _meter.CreateObservableGauge(
            "telemetrykit.waiting.bytes",
            () => Interlocked.Read(ref _waitingBytes),
            "By",
            "Bytes of parsed batches that wait for their commit.");
        _meter.CreateObservableGauge(
            "telemetrykit.bodies.bytes", () => Interlocked.Read(ref _bodyBytes), "By", "Bytes of request bodies that are being received.");
        _meter.CreateObservableGauge(
            "telemetrykit.mail.retrying",
            () => Interlocked.Read(ref _retryingMails),
            "{mail}",
            "Mails that could not be sent and wait for a retry.");
        _meter.CreateObservableGauge(
            "telemetrykit.compactor.lag",
            () => Volatile.Read(ref _compactorLagSeconds),
            "s",
            "Age of the oldest delta that waits to be folded.");
    }

    /// <summary>Traces of the commit path.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Creates instruments that no exporter collects, because their meter has another name, and that start no activity.</summary>
    public static TelemetryKitMetrics Unobserved() => new(new Meter(Name + ".Unobserved"), isObserved: false, logger: null);

    /// <summary>Starts an activity. Returns <c>null</c> if nothing listens.</summary>
    public Activity? StartActivity(string name) => _isObserved ? Activities.StartActivity(name, ActivityKind.Internal) : null;

    /// <summary>
    /// Begins counters that alerts are for at zero. A counter that first appears with its first increment doesn't increase for Prometheus,
    /// so no alert would fire for it. Has an effect only when an exporter collects already.
    /// </summary>
    /// <param name="bills">Whether the server bills plans; otherwise no metric of billing appears.</param>
    public void Begin(bool bills)
    {
        Add(_events, 0, AcceptedTag);
        Add(_events, 0, DuplicateTag);
        foreach (var reason in Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None))
            Dropped(reason, 0);
        foreach (var step in StoreSteps)
            Add(_storeErrors, 0, new KeyValuePair<string, object?>("step", step));
        if (bills)
            Add(_billingDrift, 0);
    }

    /// <summary>Counts accepted and duplicate events.</summary>
    public void Counted(int accepted, int duplicates)
    {
        if (accepted > 0)
            Add(_events, accepted, AcceptedTag);
        if (duplicates > 0)
            Add(_events, duplicates, DuplicateTag);
    }

    /// <summary>Counts dropped events.</summary>
    public void Dropped(DropReason reason, int count) => Add(_events, count, new KeyValuePair<string, object?>("outcome", reason.Code()));

    /// <summary>Counts metadata keys that were dropped because of an allow-list.</summary>
    public void DroppedMetadata(int keys) => Add(_droppedMetadata, keys);

    /// <summary>Records a committed transaction.</summary>
    public void Committed(TimeSpan duration, int events, int batches)
    {
        Record(_commitDuration, duration.TotalSeconds);
        Record(_commitEvents, events);
        Record(_commitBatches, batches);
    }

    /// <summary>Counts an error of the store.</summary>
    public void StoreFailed(string step)
    {
        Debug.Assert(StoreSteps.Contains(step), "Add the step to those that begin at zero.");
        Add(_storeErrors, 1, new KeyValuePair<string, object?>("step", step));
    }

    /// <summary>Counts deltas that were folded into rollups.</summary>
    public void Folded(int deltas) => Add(_folded, deltas);

    /// <summary>Counts events that the daily purge deleted.</summary>
    public void Purged(long events) => Add(_purged, events);

    /// <summary>Counts a webhook of the payment provider.</summary>
    public void BillingWebhook(string kind) => Add(_billingWebhooks, 1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Counts a tenant whose state had changed at the payment provider without a webhook.</summary>
    public void BillingDrifted() => Add(_billingDrift, 1);

    /// <summary>Counts a failed attempt to send a mail that is retried.</summary>
    public void MailFailed(string reason) => Add(_failedMails, 1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Counts a mail that is neither sent nor retried.</summary>
    public void MailGivenUp(string reason) => Add(_givenUpMails, 1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Sets the number of mails that wait for a retry.</summary>
    public void MailsRetrying(long mails) => Interlocked.Exchange(ref _retryingMails, mails);

    /// <summary>Sets the age of the oldest delta that waits to be folded.</summary>
    public void CompactorLag(TimeSpan lag) => Volatile.Write(ref _compactorLagSeconds, lag.TotalSeconds);

    /// <summary>Adds to the bytes that wait for a commit.</summary>
    public void Waiting(long change) => Interlocked.Add(ref _waitingBytes, change);

    /// <summary>Adds to the bytes of bodies that are being received.</summary>
    public void Bodies(long change) => Interlocked.Add(ref _bodyBytes, change);

    /// <summary>Counts a refused request.</summary>
    /// <param name="stage">
    /// The resource that is used up: the stage of its <c>ResourceShares</c>, or <c>rate</c>, <c>quota</c>, <c>credentials</c>,
    /// <c>attempts</c> or <c>views</c>.
    /// </param>
    /// <param name="bound">
    /// Whose: the <c>process</c>, or the share of a <c>tenant</c>, <c>project</c>, <c>key</c>, <c>account</c>, <c>source</c>, <c>site</c>
    /// or <c>network</c>. For bodies also the minimum <c>rate</c>, or the <c>time</c> that one may take.
    /// </param>
    public void Refused(string stage, string bound) =>
        Add(_refused, 1, new KeyValuePair<string, object?>("stage", stage), new KeyValuePair<string, object?>("bound", bound));

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Add(Counter<long> counter, long number, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(number, tags);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private void Record<T>(Histogram<T> histogram, T value)
        where T : struct
    {
        try
        {
            histogram.Record(value);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private void Report(Exception fault)
    {
        // Once: it would fail at each measurement.
        if (Interlocked.Exchange(ref _listenerFailed, true) || _logger is null)
            return;
        try
        {
            LogListenerFailed(_logger, fault);
        }
        catch (Exception)
        {
            // The log fails as well: there is nothing left to report it to.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A listener to the server's meters failed; what it measures is incomplete. This is logged once.")]
    private static partial void LogListenerFailed(ILogger logger, Exception fault);
}
