using System.Net;
using TelemetryKit.Options;

namespace TelemetryKit;

/// <summary>
/// Options of a client. The defaults suit a command-line tool. A number that is out of range is replaced by the nearest valid one, because
/// a wrong option must not stop a tool.
/// </summary>
public sealed class TelemetryOptions
{
    internal readonly OptionValues Values = new();

    /// <summary>The name of the tool or library. Shown when asking for consent and used in file names. Required.</summary>
    public string ServiceName { get => Values.ServiceName; set => Values.ServiceName = value?.Trim() ?? ""; }

    /// <summary>
    /// The tool's version; by default the informational version of the entry assembly up to <c>+</c>, or with
    /// <see cref="ConsentMode.HostDecides"/> that of the assembly that creates the client.
    /// </summary>
    public string? ServiceVersion { get => Values.ServiceVersion; set => Values.ServiceVersion = value; }

    /// <summary>
    /// The write key, <c>tk_live_…</c> or <c>tk_test_…</c>. It is part of the published tool and therefore not a secret. The environment
    /// variable <c>TELEMETRYKIT_KEY</c> overrides it. Blanks around a key are ignored. With a malformed one nothing is
    /// sent, and events are kept.
    /// </summary>
    public string? Key { get => Values.Key; set => Values.Key = value; }

    /// <summary>
    /// The server's address; by default <c>https://telemetry-kit.dev</c>. The environment variable <c>TELEMETRYKIT_ENDPOINT</c> overrides
    /// it. The paths of the protocol, such as <c>/v1/events</c>, and a query are ignored.
    /// </summary>
    public Uri? Endpoint
    {
        // A relative address is stored as it is, so that validators can report it. The setter itself must not throw.
        get => Values.Endpoint is null ? null : new(Values.Endpoint, UriKind.RelativeOrAbsolute);
        set => Values.Endpoint = value is null || value.IsAbsoluteUri ? value?.AbsoluteUri : value.OriginalString;
    }

    /// <summary>
    /// The backends that events are sent to; if empty, the TelemetryKit server. Each backend receives every event. The environment variable
    /// <c>TELEMETRYKIT_BACKEND</c> overrides them with a comma-separated list of <c>telemetrykit</c>, <c>otlp</c>, <c>clickhouse</c> and
    /// <c>console</c>.
    /// </summary>
    public IList<ITelemetryBackend> Backends => Values.Backends ??= [];

    /// <summary>Who decides whether events are recorded; by default the user, in advance.</summary>
    public ConsentMode Consent { get => Values.Consent; set => Values.Consent = value; }

    /// <summary>
    /// Whether the client asks for missing consent by itself if it runs in a terminal; true by default. Otherwise the tool has to call
    /// <see cref="TelemetryConsent.Ask"/>.
    /// </summary>
    public bool AskForConsent { get => Values.AskForConsent; set => Values.AskForConsent = value; }

    /// <summary>
    /// What this tool records, described for its users, one line each, such as "which targets you build". The lines are shown when asking
    /// for consent. If a line is added, the user is asked again.
    /// </summary>
    public IList<string> Collects => Values.Collects ??= [];

    /// <summary>A page with further information for users.</summary>
    public Uri? PrivacyLink { get => Values.PrivacyLink; set => Values.PrivacyLink = value; }

    /// <summary>The number of events at which a batch is full: 1–1,000, by default 100.</summary>
    public int BatchEvents { get => Values.BatchEvents; set => Set(out Values.BatchEvents, value); }

    /// <summary>The size at which a batch is full, in bytes: 1 KiB–4 MiB, by default 512 KiB.</summary>
    public int BatchBytes { get => Values.BatchBytes; set => Set(out Values.BatchBytes, value); }

    /// <summary>
    /// The age at which a batch is sent even if it is not full: 100 ms–7 days, by default 1 h, which suits tools. 5 s suits services.
    /// </summary>
    public TimeSpan Interval { get => Values.Interval; set => Set(out Values.Interval, value); }

    /// <summary>The timeout of an attempt to send: 100 ms–5 min, by default 5 s.</summary>
    public TimeSpan Timeout { get => Values.Timeout; set => Set(out Values.Timeout, value); }

    /// <summary>
    /// How long an exit waits until events are sent, if it waits at all: 0–1 min; by default 250 ms for an installation's first run and
    /// once a day, and 500 ms where no later run can send, as in CI. All other runs do not wait. With 0, no run waits.
    /// </summary>
    public TimeSpan? ExitTimeout { get => Values.ExitTimeout; set => Set(out Values.ExitTimeout, value); }

    /// <summary>
    /// The upper bound of the delay after the first failed attempt: 1 ms–1 h, by default 1 s. Delays are random between zero and their
    /// bound, which doubles with each failure.
    /// </summary>
    public TimeSpan RetryMinDelay { get => Values.RetryMinDelay; set => Set(out Values.RetryMinDelay, value); }

    /// <summary>
    /// The upper bound of any delay after a failed attempt: 1 ms–24 h, by default 60 s. The server's <c>Retry-After</c> may exceed it,
    /// up to an hour.
    /// </summary>
    public TimeSpan RetryMaxDelay { get => Values.RetryMaxDelay; set => Set(out Values.RetryMaxDelay, value); }

    /// <summary>
    /// The proxy of the backends that use HTTP; by default that of the system. Ignored if <see cref="HttpHandler"/> is set.
    /// </summary>
    public IWebProxy? Proxy { get => Values.Proxy; set => Values.Proxy = value; }

    /// <summary>
    /// Creates the handler of the backends that use HTTP, for example for client certificates. It is called at most once, on a background
    /// thread, and only if something is sent.
    /// </summary>
    public Func<HttpMessageHandler>? HttpHandler { get => Values.HttpHandler; set => Values.HttpHandler = value; }

    /// <summary>The size in bytes above which request bodies are compressed with gzip; by default 1 KiB.</summary>
    public int CompressAbove { get => Values.CompressAbove; set => Values.CompressAbove = value; }

    /// <summary>
    /// The maximum number of pending events: 100–1,000,000, by default 10,000. Beyond it, the oldest events are dropped and counted.
    /// </summary>
    public int QueueEvents { get => Values.QueueEvents; set => Set(out Values.QueueEvents, value); }

    /// <summary>
    /// The maximum size of pending events in bytes: 64 KiB–1 GB, by default 10 MB. Beyond it, the oldest events are dropped and counted.
    /// </summary>
    public long QueueBytes { get => Values.QueueBytes; set => Set(out Values.QueueBytes, value); }

    /// <summary>
    /// Called on a background thread with each event before it is persisted. It may change the event, or return null to drop it. If it
    /// throws, the event is dropped.
    /// </summary>
    public Func<TelemetryEvent, TelemetryEvent?>? BeforeSend { get => Values.BeforeSend; set => Values.BeforeSend = value; }

    /// <summary>
    /// Further values that describe the tool's environment. They cannot override the values that the SDK detects. At most 32 values
    /// including the detected ones, with names of at most 64 and values of at most 128 characters; the rest is ignored. Never put personal
    /// data in it.
    /// </summary>
    public IDictionary<string, string> Context => Values.Context ??= new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether the messages of tracked exceptions are recorded, scrubbed. False by default, because messages quote paths, names and input.
    /// </summary>
    public bool IncludeErrorMessages { get => Values.IncludeErrorMessages; set => Values.IncludeErrorMessages = value; }

    /// <summary>
    /// The directory of the SDK's files; by default <c>telemetry-kit</c> in <c>XDG_STATE_HOME</c> or <c>XDG_DATA_HOME</c>, otherwise
    /// <c>~/.telemetry-kit</c>.
    /// </summary>
    public string? Directory { get => Values.Directory; set => Values.Directory = value; }

    /// <summary>Creates the queue that stores events until they are sent; by default, events are stored in files.</summary>
    public Func<QueueSettings, ITelemetryQueue>? Queue { get => Values.Queue; set => Values.Queue = value; }

    /// <summary>
    /// Called with each message that <c>TELEMETRYKIT_VERBOSE</c> writes to standard error. Messages never contain the content of events or
    /// keys. It is called on any thread; exceptions are ignored.
    /// </summary>
    public Action<string>? Log { get => Values.Log; set => Values.Log = value; }

    private void Set<T>(out T field, T value)
    {
        field = value;
        Values.NumbersSet = true;
    }
}
