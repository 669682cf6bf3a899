namespace TelemetryKit.Api.Ingest;

/// <summary>
/// The accepted content types of a batch: <c>application/json</c>, and <c>text/plain</c>, which a browser's <c>sendBeacon</c> sends without
/// a preflight request. The body is JSON in UTF-8 in both cases.
/// </summary>
internal static class ContentTypes
{
    /// <summary>Returns whether the content type is accepted. A missing one is read as JSON.</summary>
    public static bool IsBatch(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == "application/json")
            return true;
        var text = contentType.AsSpan();
        var semicolon = text.IndexOf(';');
        var media = (semicolon < 0 ? text : text[..semicolon]).Trim();
        if (!Is(media, "application/json") && !Is(media, "text/plain"))
            return false;
        return semicolon < 0 || IsUtf8(text[(semicolon + 1)..]);
    }

    private static bool IsUtf8(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim();
            if (!parameter.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
                continue;
            var charset = parameter["charset=".Length..].Trim('"');
            // "utf8" is no registered name, but a label of UTF-8 in the Encoding Standard, and common.
            return Is(charset, "utf-8") || Is(charset, "utf8") || Is(charset, "us-ascii");
        }

        return true;
    }

    private static bool Is(ReadOnlySpan<char> text, string value) => text.Equals(value, StringComparison.OrdinalIgnoreCase);
}
