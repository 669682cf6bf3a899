namespace TelemetryKit.Backends;

/// <summary>What a server answered.</summary>
internal readonly struct HttpAnswer(int status, string body, TimeSpan? retryAfter)
{
    public int Status => status;

    public string Body => body;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>A status that says "later": the server is busy, away, or asks for patience.</summary>
    public bool IsTransient => status is 408 or 429 or >= 500;
}
