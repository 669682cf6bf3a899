namespace TelemetryKit.Options;

/// <summary>
/// What <see cref="TelemetryOptions"/> hold, as the fields that the SDK reads. Fields, because the runtime compiles every accessor that a run
/// meets, and a tool that lives for a twentieth of a second would spend a millisecond of it on these. For the same reason the lists are made when
/// something is put into them, and what every run meets uses arrays: the framework's collections are an assembly of their own to load.
/// </summary>
internal sealed class OptionValues
{
    public string ServiceName = "";
    public string? ServiceVersion;
    public string? Key;

    // Kept as a text: only a run that sends something has to load what a Uri needs.
    public string? Endpoint;
    public IList<ITelemetryBackend>? Backends;
    public ConsentMode Consent = ConsentMode.OptIn;
    public bool AskForConsent = true;
    public IList<string>? Collects;
    public Uri? PrivacyLink;
    public int BatchEvents = 100;
    public int BatchBytes = 512 * 1024;
    public TimeSpan Interval = TimeSpan.FromHours(1);
    public TimeSpan Timeout = TimeSpan.FromSeconds(5);
    public TimeSpan RetryMinDelay = TimeSpan.FromSeconds(1);
    public TimeSpan RetryMaxDelay = TimeSpan.FromSeconds(60);
    public int CompressAbove = 1024;
    public int QueueEvents = 10_000;
    public long QueueBytes = 10_000_000;
    public Func<TelemetryEvent, TelemetryEvent?>? BeforeSend;
    public IDictionary<string, string>? Context;
    public bool IncludeErrorMessages;
    public string? Directory;
    public Func<QueueSettings, ITelemetryQueue>? Queue;
    public Action<string>? Log;

    /// <summary>Whether a number was set, which may be out of its range. Where none was there is nothing to check, which most tools are spared.</summary>
    public bool NumbersSet;

    /// <summary>Puts every number back into its range.</summary>
    public void KeepToLimits()
    {
        BatchEvents = Between(BatchEvents, 1, Limits.BatchEvents);
        BatchBytes = Between(BatchBytes, 1024, 4 * 1024 * 1024);
        Interval = Between(Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        Timeout = Between(Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        RetryMinDelay = Between(RetryMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        RetryMaxDelay = Between(RetryMaxDelay, RetryMinDelay, TimeSpan.FromDays(1));
        QueueEvents = Between(QueueEvents, 100, 1_000_000);
        QueueBytes = Between(QueueBytes, 64 * 1024, 1_000_000_000);
    }

    private static T Between<T>(T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) < 0 ? min : value.CompareTo(max) > 0 ? max : value;
}
