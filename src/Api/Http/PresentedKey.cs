namespace TelemetryKit.Api.Http;

/// <summary>The key a request presents: <c>Authorization: Bearer KEY</c>, <c>X-Api-Key: KEY</c> or, for ingest alone, the path prefix <c>/k/KEY</c>.</summary>
internal static class PresentedKey
{
    private const string Bearer = "Bearer ";

    /// <summary>The key in a header; <c>null</c> where there is none.</summary>
    public static string? InHeaders(IHeaderDictionary headers)
    {
        if (headers.Authorization is [{ } authorization, ..] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return headers["X-Api-Key"] is [{ } key, ..] ? key : null;
    }

    /// <summary>The key in a header, or else the one that <see cref="KeyHidingContextFactory"/> took out of the path.</summary>
    public static string? InHeadersOrPath(HttpContext http) => InHeaders(http.Request.Headers) ?? http.Features.Get<KeyInPath>()?.Key;
}
