namespace TelemetryKit.Api.Http;

/// <summary>
/// The key of a request: <c>Authorization: Bearer KEY</c>, <c>X-Api-Key: KEY</c> or, for ingest only, the path prefix <c>/k/KEY</c>.
/// </summary>
internal static class PresentedKey
{
    private const string Bearer = "Bearer ";

    /// <summary>Returns the key in a header, or <c>null</c> if there is none.</summary>
    public static string? InHeaders(IHeaderDictionary headers)
    {
        if (headers.Authorization is [{ } authorization, ..] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return headers["X-Api-Key"] is [{ } key, ..] ? key : null;
    }

    /// <summary>
    /// Returns the key in a header, or the key that <see cref="SecretHidingContextFactory"/> removed from the path, or <c>null</c> if there
    /// is neither.
    /// </summary>
    public static string? InHeadersOrPath(HttpContext http) => InHeaders(http.Request.Headers) ?? http.Features.Get<KeyInPath>()?.Key;
}
