using TelemetryKit.Backends;

namespace TelemetryKit;

/// <summary>The outcome of an attempt to send a batch.</summary>
public enum SendOutcome
{
    /// <summary>The batch was delivered and need not be sent again.</summary>
    Delivered,

    /// <summary>The batch was not delivered and is sent again later.</summary>
    Retry,

    /// <summary>The batch will never be accepted. It is dropped and counted.</summary>
    Rejected,

    /// <summary>No batch of this process will be accepted, because the key is unknown or may not write. The batch is kept.</summary>
    Stop,
}

/// <summary>The result of an attempt to send a batch.</summary>
public readonly struct SendResult
{
    private SendResult(SendOutcome outcome, TimeSpan? retryAfter, string? detail, int refused = 0, bool isBatchFault = false)
    {
        IsBatchFault = isBatchFault;
        Outcome = outcome;
        RetryAfter = retryAfter;
        Detail = detail;
        Refused = refused;
    }

    /// <summary>The outcome.</summary>
    public SendOutcome Outcome { get; }

    /// <summary>The delay that the server requested before the next attempt; null to use the client's back-off.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The reason, for the verbose log. Must not contain the content of events or a key.</summary>
    public string? Detail { get; }

    /// <summary>
    /// The number of events of a delivered batch that the backend rejected permanently without counting them. The client counts them as
    /// dropped.
    /// </summary>
    public int Refused { get; }

    /// <summary>Whether other batches may succeed, because the server failed to process this one.</summary>
    internal bool IsBatchFault { get; }

    /// <summary>Creates a result for a batch that was delivered, except for the given number of rejected events.</summary>
    public static SendResult Delivered(string? detail = null, int refused = 0) => new(SendOutcome.Delivered, null, detail, refused);

    /// <summary>Creates a result for a batch that is to be sent again, at the earliest after the given time.</summary>
    public static SendResult Retry(string detail, TimeSpan? retryAfter = null) => new(SendOutcome.Retry, retryAfter, detail);

    /// <summary>Creates a result for a batch that is to be sent again, according to the server's response.</summary>
    internal static SendResult Retry(string detail, ServerResponse response) =>
        new(SendOutcome.Retry, response.RetryAfter, detail, 0, response.IsBatchFault);

    /// <summary>Creates a result for a batch that will never be accepted.</summary>
    public static SendResult Rejected(string detail) => new(SendOutcome.Rejected, null, detail);

    /// <summary>Creates a result that makes this process stop sending.</summary>
    public static SendResult Stop(string detail) => new(SendOutcome.Stop, null, detail);
}
