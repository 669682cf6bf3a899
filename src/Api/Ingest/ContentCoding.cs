using Microsoft.Extensions.Primitives;

namespace TelemetryKit.Api.Ingest;

/// <summary>The compression of a body.</summary>
internal enum ContentCoding
{
    Unsupported,
    None,
    Gzip,
    Brotli,
    Deflate,
}

/// <summary>Reads <see cref="ContentCoding"/> from a request.</summary>
internal static class ContentCodings
{
    /// <summary>
    /// Returns the coding that the header names, or <see cref="ContentCoding.Unsupported"/> if it is unknown or if there are several.
    /// </summary>
    public static ContentCoding Of(StringValues contentEncoding)
    {
        if (contentEncoding.Count == 0)
            return ContentCoding.None;
        if (contentEncoding.Count > 1)
            return ContentCoding.Unsupported;
        return contentEncoding[0]!.Trim().ToLowerInvariant() switch
        {
            "" or "identity" => ContentCoding.None,
            "gzip" or "x-gzip" => ContentCoding.Gzip,
            "br" => ContentCoding.Brotli,
            "deflate" => ContentCoding.Deflate,
            _ => ContentCoding.Unsupported,
        };
    }
}
