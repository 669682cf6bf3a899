using TelemetryKit.Options;

namespace TelemetryKit;

/// <summary>
/// How a client behaves. The defaults suit a command-line tool; every number out of its range is put back into it, for a mistake
/// in an option must not stop a tool.
/// </summary>
public sealed class TelemetryOptions
{
    internal readonly OptionValues Values = new();

    /// <summary>The tool's or library's name: what its users see when asked, and what its files are named after. Required.</summary>
    public string ServiceName { get => Values.ServiceName; set => Values.ServiceName = value?.Trim() ?? ""; }

    /// <summary>The tool's version; by default that of the assembly the process started with.</summary>
    public string? ServiceVersion { get => Values.ServiceVersion; set => Values.ServiceVersion = value; }

    /// <summary>
    /// The write key, <c>tk_live_…</c> or <c>tk_test_…</c>. It ships inside the tool and is public by nature. The environment
    /// variable <c>TELEMETRYKIT_KEY</c> replaces it.
    /// </summary>
    public string? Key { get => Values.Key; set => Values.Key = value; }

    /// <summary>
    /// The server; by default <c>https://telemetry-kit.dev</c>. The environment variable <c>TELEMETRYKIT_ENDPOINT</c> replaces it.
    /// </summary>
    public Uri? Endpoint
    {
        // A part of an address is kept as it is: whoever checks the options can say so, and nothing is thrown at whoever does not.
        get => Values.Endpoint is null ? null : new(Values.Endpoint, UriKind.RelativeOrAbsolute);
        set => Values.Endpoint = value is null || value.IsAbsoluteUri ? value?.AbsoluteUri : value.OriginalString;
    }

    /// <summary>
    /// Where events go; empty is the TelemetryKit server. With several, each gets every event. The environment variable
    /// <c>TELEMETRYKIT_BACKEND</c> replaces them: <c>telemetrykit</c>, <c>otlp</c>, <c>clickhouse</c>, <c>console</c>, or several
    /// with commas between.
    /// </summary>
    public IList<ITelemetryBackend> Backends => Values.Backends ??= [];

    /// <summary>Who decides whether anything is recorded. By default the user does, beforehand.</summary>
    public ConsentMode Consent { get => Values.Consent; set => Values.Consent = value; }

    /// <summary>
    /// Whether the client asks by itself, on a terminal, when it needs a consent it does not have. Without it the tool asks, with
    /// <see cref="TelemetryConsent.Ask"/>.
    /// </summary>
    public bool AskForConsent { get => Values.AskForConsent; set => Values.AskForConsent = value; }

    /// <summary>
    /// What this tool records, in words for its users, one line each: "the names of the commands you run". They are shown when
    /// consent is asked for, and a new line asks again.
    /// </summary>
    public IList<string> Collects => Values.Collects ??= [];

    /// <summary>The page where users can read more.</summary>
    public Uri? PrivacyLink { get => Values.PrivacyLink; set => Values.PrivacyLink = value; }

    /// <summary>Events at which a batch is full: 1–1,000.</summary>
    public int BatchEvents { get => Values.BatchEvents; set => Set(out Values.BatchEvents, value); }

    /// <summary>Bytes at which a batch is full: 1 KiB–4 MiB.</summary>
    public int BatchBytes { get => Values.BatchBytes; set => Set(out Values.BatchBytes, value); }

    /// <summary>
    /// How long events may wait for their batch to fill: an hour suits tools, 5 seconds suits services. At least 100 ms.
    /// </summary>
    public TimeSpan Interval { get => Values.Interval; set => Set(out Values.Interval, value); }

    /// <summary>How long one attempt to send may take: 100 ms–5 min.</summary>
    public TimeSpan Timeout { get => Values.Timeout; set => Set(out Values.Timeout, value); }

    /// <summary>
    /// The upper bound of the first wait after a failed attempt: 1 ms–1 h. Waits are random between zero and their bound.
    /// </summary>
    public TimeSpan RetryMinDelay { get => Values.RetryMinDelay; set => Set(out Values.RetryMinDelay, value); }

    /// <summary>
    /// The upper bound of any wait after a failed attempt: 1 ms–24 h; the server's <c>Retry-After</c> may ask for longer.
    /// </summary>
    public TimeSpan RetryMaxDelay { get => Values.RetryMaxDelay; set => Set(out Values.RetryMaxDelay, value); }

    /// <summary>Request bodies of more bytes than this are compressed with gzip.</summary>
    public int CompressAbove { get => Values.CompressAbove; set => Values.CompressAbove = value; }

    /// <summary>Events that may wait to be sent; over it the oldest are dropped, and counted. At least 100.</summary>
    public int QueueEvents { get => Values.QueueEvents; set => Set(out Values.QueueEvents, value); }

    /// <summary>Bytes that may wait to be sent; over it the oldest are dropped, and counted. At least 64 KiB.</summary>
    public long QueueBytes { get => Values.QueueBytes; set => Set(out Values.QueueBytes, value); }

    /// <summary>
    /// Sees each event before it is kept, on a background thread: may change it, or return null to drop it. What it throws drops
    /// the event.
    /// </summary>
    public Func<TelemetryEvent, TelemetryEvent?>? BeforeSend { get => Values.BeforeSend; set => Values.BeforeSend = value; }

    /// <summary>
    /// More to say about where the tool runs, beside what the SDK finds out; it cannot replace that. Up to 32 values with it, names of at most
    /// 64 characters and values of at most 128; what is over is left out. Never personal data.
    /// </summary>
    public IDictionary<string, string> Context => Values.Context ??= new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Sends the message of tracked exceptions too, scrubbed. Off by default: messages quote paths, names and input.
    /// </summary>
    public bool IncludeErrorMessages { get => Values.IncludeErrorMessages; set => Values.IncludeErrorMessages = value; }

    /// <summary>Where the SDK keeps its files; by default <c>~/.telemetry-kit</c>.</summary>
    public string? Directory { get => Values.Directory; set => Values.Directory = value; }

    /// <summary>Makes the queue that keeps events until they are sent; by default, files.</summary>
    public Func<QueueSettings, ITelemetryQueue>? Queue { get => Values.Queue; set => Values.Queue = value; }

    /// <summary>
    /// Told what the client does, in the words that <c>TELEMETRYKIT_VERBOSE</c> shows on standard error: no event's content and no
    /// key. Called on any thread; what it throws is ignored.
    /// </summary>
    public Action<string>? Log { get => Values.Log; set => Values.Log = value; }

    private void Set<T>(out T field, T value)
    {
        field = value;
        Values.NumbersSet = true;
    }
}
