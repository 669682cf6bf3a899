namespace TelemetryKit.Api.Http.Problems;

/// <summary>A kind of failure. The codes are those of <c>spec/PROTOCOL.md</c>; clients must use the code, not the text.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The stable error code.</param>
/// <param name="Summary">The meaning, for the OpenAPI document, and the default detail of problems.</param>
internal sealed record ProblemKind(int Status, string Code, string Summary)
{
    public static readonly ProblemKind BadRequest = new(400, "bad_request", "The request is not valid HTTP.");
    public static readonly ProblemKind InvalidJson = new(400, "invalid_json", "The body is not JSON in UTF-8.");
    public static readonly ProblemKind InvalidBatch = new(400, "invalid_batch", "The body is JSON, but not a batch.");
    public static readonly ProblemKind InvalidEncoding = new(
        400, "invalid_encoding", "The body can't be decompressed with its Content-Encoding.");
    public static readonly ProblemKind InvalidParameter = new(
        400, "invalid_parameter", "One or more parameters are invalid; errors lists all of them.");
    public static readonly ProblemKind InvalidKey = new(401, "invalid_key", "The key is missing, unknown or revoked.");
    public static readonly ProblemKind WrongKey = new(
        403, "wrong_key", "The key is of the wrong kind: live and test keys write, read keys read.");
    public static readonly ProblemKind NotFound = new(404, "not_found", "The resource doesn't exist.");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method_not_allowed", "The resource doesn't support this method.");
    public static readonly ProblemKind RequestTimeout = new(408, "request_timeout", "The body was sent too slowly.");
    public static readonly ProblemKind TooManyEvents = new(413, "too_many_events", "The batch has more events than a batch may have.");
    public static readonly ProblemKind BodyTooLarge = new(413, "body_too_large", "The body is larger than a batch may be.");
    public static readonly ProblemKind UnsupportedMediaType = new(415, "unsupported_media_type", "The Content-Type is not JSON in UTF-8.");
    public static readonly ProblemKind UnsupportedEncoding = new(
        415, "unsupported_encoding", "The Content-Encoding is not gzip, br or deflate.");
    public static readonly ProblemKind RateLimited = new(429, "rate_limited", "There were too many requests; retry after Retry-After.");
    public static readonly ProblemKind QuotaExceeded = new(
        429, "quota_exceeded", "The quota of the month is used up, and nothing was stored; retry after Retry-After.");
    public static readonly ProblemKind InternalError = new(500, "internal_error", "The server failed to process the request.");
    public static readonly ProblemKind Overloaded = new(503, "overloaded", "The server is overloaded; retry after Retry-After.");
    public static readonly ProblemKind StorageUnavailable = new(
        503, "storage_unavailable", "The store is unavailable or not ready; retry after Retry-After.");

    /// <summary>Returns the kind for a fault code of the batch parser.</summary>
    public static ProblemKind Malformed(string? code) =>
        code == TooManyEvents.Code ? TooManyEvents : code is null ? InvalidBatch : new(400, code, InvalidBatch.Summary);

    /// <summary>Creates a problem of this kind with a specific detail.</summary>
    public Problem With(string detail) => new(this, detail);

    /// <summary>Creates a problem of this kind with the default detail.</summary>
    public Problem AsProblem() => new(this, Summary);
}
