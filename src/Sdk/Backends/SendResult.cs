namespace TelemetryKit;

/// <summary>What became of a batch.</summary>
public enum SendOutcome
{
    /// <summary>It arrived, once; it need not be sent again.</summary>
    Delivered,

    /// <summary>It did not arrive and is sent again later.</summary>
    Retry,

    /// <summary>It will never be accepted; it is dropped and counted.</summary>
    Rejected,

    /// <summary>Nothing will be accepted from this process: the key is unknown or may not write. The batch is kept.</summary>
    Stop,
}

/// <summary>A backend's answer about one batch.</summary>
public readonly struct SendResult
{
    private SendResult(SendOutcome outcome, TimeSpan? retryAfter, string? detail, int refused = 0)
    {
        Outcome = outcome;
        RetryAfter = retryAfter;
        Detail = detail;
        Refused = refused;
    }

    /// <summary>What became of the batch.</summary>
    public SendOutcome Outcome { get; }

    /// <summary>How long the server asked to wait; null leaves it to the client's back-off.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Why, for the verbose log. Must hold nothing of the batch's content and no key.</summary>
    public string? Detail { get; }

    /// <summary>
    /// How many events of a delivered batch the receiver refused for good and has not counted itself. They are counted as dropped here.
    /// </summary>
    public int Refused { get; }

    /// <summary>It arrived, save for events that were refused.</summary>
    public static SendResult Delivered(string? detail = null, int refused = 0) => new(SendOutcome.Delivered, null, detail, refused);

    /// <summary>It is sent again, after the given time at the earliest.</summary>
    public static SendResult Retry(string detail, TimeSpan? retryAfter = null) => new(SendOutcome.Retry, retryAfter, detail);

    /// <summary>It will never be accepted.</summary>
    public static SendResult Rejected(string detail) => new(SendOutcome.Rejected, null, detail);

    /// <summary>This process should stop sending.</summary>
    public static SendResult Stop(string detail) => new(SendOutcome.Stop, null, detail);
}
