namespace TelemetryKit;

/// <summary>
/// How a client behaves. The defaults suit a command-line tool; every number out of its range is put back into it, for a mistake
/// in an option must not stop a tool.
/// </summary>
public sealed class TelemetryOptions
{
    private bool _numbersSet;

    /// <summary>The tool's or library's name: what its users see when asked, and what its files are named after. Required.</summary>
    public string ServiceName
    {
        get;
        set => field = value?.Trim() ?? "";
    } = "";

    /// <summary>The tool's version; by default that of the assembly the process started with.</summary>
    public string? ServiceVersion { get; set; }

    /// <summary>
    /// The write key, <c>tk_live_…</c> or <c>tk_test_…</c>. It ships inside the tool and is public by nature. The environment
    /// variable <c>TELEMETRYKIT_KEY</c> replaces it.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// The server; by default <c>https://telemetry-kit.dev</c>. The environment variable <c>TELEMETRYKIT_ENDPOINT</c> replaces it.
    /// </summary>
    public Uri? Endpoint
    {
        get => EndpointText is null ? null : new(EndpointText);
        set => EndpointText = value?.AbsoluteUri;
    }

    // Kept as a text: only a run that sends something has to load what a Uri needs.
    internal string? EndpointText { get; private set; }

    /// <summary>
    /// Where events go; empty is the TelemetryKit server. With several, each gets every event. The environment variable
    /// <c>TELEMETRYKIT_BACKEND</c> replaces them: <c>telemetrykit</c>, <c>otlp</c>, <c>clickhouse</c>, <c>console</c>, or several
    /// with commas between.
    /// </summary>
    public IList<ITelemetryBackend> Backends { get; } = [];

    /// <summary>Who decides whether anything is recorded. By default the user does, beforehand.</summary>
    public ConsentMode Consent { get; set; } = ConsentMode.OptIn;

    /// <summary>
    /// Whether the client asks by itself, on a terminal, when it needs a consent it does not have. Without it the tool asks, with
    /// <see cref="TelemetryConsent.Ask"/>.
    /// </summary>
    public bool AskForConsent { get; set; } = true;

    /// <summary>
    /// What this tool records, in words for its users, one line each: "the names of the commands you run". They are shown when
    /// consent is asked for, and a new line asks again.
    /// </summary>
    public IList<string> Collects { get; } = [];

    /// <summary>The page where users can read more.</summary>
    public Uri? PrivacyLink { get; set; }

    /// <summary>Events at which a batch is full: 1–1,000.</summary>
    public int BatchEvents
    {
        get;
        set => Set(out field, value);
    } = 100;

    /// <summary>Bytes at which a batch is full: 1 KiB–4 MiB.</summary>
    public int BatchBytes
    {
        get;
        set => Set(out field, value);
    } = 512 * 1024;

    /// <summary>
    /// How long events may wait for their batch to fill: an hour suits tools, 5 seconds suits services. At least 100 ms.
    /// </summary>
    public TimeSpan Interval
    {
        get;
        set => Set(out field, value);
    } = TimeSpan.FromHours(1);

    /// <summary>How long one attempt to send may take: 100 ms–5 min.</summary>
    public TimeSpan Timeout
    {
        get;
        set => Set(out field, value);
    } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The upper bound of the first wait after a failed attempt: 1 ms–1 h. Waits are random between zero and their bound.
    /// </summary>
    public TimeSpan RetryMinDelay
    {
        get;
        set => Set(out field, value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The upper bound of any wait after a failed attempt: 1 ms–24 h; the server's <c>Retry-After</c> may ask for longer.
    /// </summary>
    public TimeSpan RetryMaxDelay
    {
        get;
        set => Set(out field, value);
    } = TimeSpan.FromSeconds(60);

    /// <summary>Request bodies of more bytes than this are compressed with gzip.</summary>
    public int CompressAbove { get; set; } = 1024;

    /// <summary>Events that may wait to be sent; over it the oldest are dropped, and counted. At least 100.</summary>
    public int QueueEvents
    {
        get;
        set => Set(out field, value);
    } = 10_000;

    /// <summary>Bytes that may wait to be sent; over it the oldest are dropped, and counted. At least 64 KiB.</summary>
    public long QueueBytes
    {
        get;
        set => Set(out field, value);
    } = 10_000_000;

    /// <summary>
    /// Sees each event before it is kept, on a background thread: may change it, or return null to drop it. What it throws drops
    /// the event.
    /// </summary>
    public Func<TelemetryEvent, TelemetryEvent?>? BeforeSend { get; set; }

    /// <summary>More to say about where the tool runs, beside what the SDK finds out. Never personal data.</summary>
    public IDictionary<string, string> Context { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Sends the message of tracked exceptions too, scrubbed. Off by default: messages quote paths, names and input.
    /// </summary>
    public bool IncludeErrorMessages { get; set; }

    /// <summary>Where the SDK keeps its files; by default <c>~/.telemetry-kit</c>.</summary>
    public string? Directory { get; set; }

    /// <summary>Makes the queue that keeps events until they are sent; by default, files.</summary>
    public Func<QueueSettings, ITelemetryQueue>? Queue { get; set; }

    /// <summary>
    /// Told what the client does, in the words that <c>TELEMETRYKIT_VERBOSE</c> shows on standard error: no event's content and no
    /// key. Called on any thread; what it throws is ignored.
    /// </summary>
    public Action<string>? Log { get; set; }

    /// <summary>
    /// Puts every number back into its range. Where none was set there is nothing to do, which spares most tools the compiling of all this.
    /// </summary>
    internal void KeepToLimits()
    {
        if (!_numbersSet) return;
        BatchEvents = Between(BatchEvents, 1, Limits.BatchEvents);
        BatchBytes = Between(BatchBytes, 1024, 4 * 1024 * 1024);
        Interval = Between(Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        Timeout = Between(Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        RetryMinDelay = Between(RetryMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        RetryMaxDelay = Between(RetryMaxDelay, RetryMinDelay, TimeSpan.FromDays(1));
        QueueEvents = Between(QueueEvents, 100, 1_000_000);
        QueueBytes = Between(QueueBytes, 64 * 1024, 1_000_000_000);
    }

    private void Set<T>(out T field, T value)
    {
        field = value;
        _numbersSet = true;
    }

    private static T Between<T>(T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) < 0 ? min : value.CompareTo(max) > 0 ? max : value;
}
