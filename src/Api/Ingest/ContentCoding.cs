using Microsoft.Extensions.Primitives;

namespace TelemetryKit.Api.Ingest;

/// <summary>How a body is compressed.</summary>
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
    /// <summary>The coding that the header names. A stack of several is not supported: nobody sends one.</summary>
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
