using System.Net;

namespace TelemetryKit.Options;

/// <summary>
/// The values of <see cref="TelemetryOptions"/>, as fields that the SDK reads.
/// </summary>
/// <remarks>
/// Fields rather than properties, because each run compiles every accessor that it calls, which would cost a short-lived tool about a
/// millisecond. For the same reason the lists are created on first use, and code that every run executes uses arrays: the framework's
/// collections are in a separate assembly that would have to be loaded.
/// </remarks>
internal sealed class OptionValues
{
    public string ServiceName = "";
    public string? ServiceVersion;
    public string? Key;

    // The assembly that created the client of a library.
    public System.Reflection.Assembly? Library;

    // A string, because only runs that send something should have to load the code for Uri.
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
    public TimeSpan? ExitTimeout;
    public Func<HttpMessageHandler>? HttpHandler;
    public IWebProxy? Proxy;
    public int CompressAbove = 1024;
    public int QueueEvents = 10_000;
    public long QueueBytes = 10_000_000;
    public Func<TelemetryEvent, TelemetryEvent?>? BeforeSend;
    public IDictionary<string, string>? Context;
    public bool IncludeErrorMessages;
    public string? Directory;
    public Func<QueueSettings, ITelemetryQueue>? Queue;
    public Action<string>? Log;

    /// <summary>Why the options are not complete, so that nothing is recorded or sent; null if they are.</summary>
    public string? Fault;

    /// <summary>Whether anything may be recorded with these options.</summary>
    public bool IsUsable => Fault is null && ServiceName.Length > 0;

    /// <summary>Whether a numeric option was set, so that ranges must be checked. Most tools set none.</summary>
    public bool NumbersSet;

    /// <summary>
    /// The name of the service as it is sent, and from which the user's id is derived, so that what was sent can be erased: of at most
    /// <see cref="Limits.NameLength"/> characters, and without U+0000, which a server refuses.
    /// </summary>
    public string SentName
    {
        get
        {
            var length = ServiceName.Length <= Limits.NameLength ? ServiceName.Length : Length(ServiceName, Limits.NameLength);
            return ServiceName.Substring(0, length).Replace('\0', '\ufffd');
        }
    }

    /// <summary>Returns the length of the first characters of a text, in UTF-16 code units.</summary>
    private static int Length(string text, int characters)
    {
        var length = 0;
        for (; characters > 0 && length < text.Length; characters--)
            length += char.IsSurrogatePair(text, length) ? 2 : 1;
        return length;
    }

    /// <summary>Limits every numeric option to its range.</summary>
    public void Clamp()
    {
        BatchEvents = Clamp(BatchEvents, 1, Limits.BatchEvents);
        BatchBytes = Clamp(BatchBytes, 1024, 4 * 1024 * 1024);
        Interval = Clamp(Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        Timeout = Clamp(Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        RetryMinDelay = Clamp(RetryMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        RetryMaxDelay = Clamp(RetryMaxDelay, RetryMinDelay, TimeSpan.FromDays(1));
        if (ExitTimeout is { } exit)
            ExitTimeout = Clamp(exit, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        QueueEvents = Clamp(QueueEvents, 100, 1_000_000);
        QueueBytes = Clamp(QueueBytes, 64 * 1024, 1_000_000_000);
    }

    private static T Clamp<T>(T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) < 0 ? min : value.CompareTo(max) > 0 ? max : value;
}
