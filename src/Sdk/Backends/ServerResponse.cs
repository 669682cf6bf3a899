namespace TelemetryKit.Backends;

/// <summary>The response of a server.</summary>
internal readonly struct ServerResponse(int status, string body, TimeSpan? retryAfter)
{
    public int Status => status;

    public string Body => body;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>
    /// Whether the status means that the server failed to process this request. An overloaded or absent server would fail for others, too.
    /// </summary>
    public bool IsBatchFault => status == 500 && retryAfter is null;

    /// <summary>Whether the status means that a later attempt may succeed.</summary>
    public bool IsTransient => status is 408 or 429 or >= 500;
}
