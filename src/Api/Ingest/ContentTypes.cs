namespace TelemetryKit.Api.Ingest;

/// <summary>
/// The content types a batch may come with: <c>application/json</c>, and <c>text/plain</c>, which is what a browser's
/// <c>sendBeacon</c> sends without a preflight. The bytes are JSON in UTF-8 in either case.
/// </summary>
internal static class ContentTypes
{
    /// <summary>Whether a batch may come with this type. None at all is taken for JSON.</summary>
    public static bool IsBatch(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == "application/json")
            return true;
        var text = contentType.AsSpan();
        var semicolon = text.IndexOf(';');
        var media = (semicolon < 0 ? text : text[..semicolon]).Trim();
        if (!media.Equals("application/json", StringComparison.OrdinalIgnoreCase) && !media.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
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
            return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
        }

        return true;
    }
}
