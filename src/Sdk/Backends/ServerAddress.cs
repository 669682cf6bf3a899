namespace TelemetryKit.Backends;

/// <summary>The address of a TelemetryKit server, as people set it.</summary>
/// <remarks>Works on text, because only runs that send something should have to load the code for <see cref="Uri"/>.</remarks>
internal static class ServerAddress
{
    // Longer ones first, because each is removed once.
    private static readonly string[] KnownPaths = ["/v1/events", "/v1/erase", "/events", "/v1"];

    /// <summary>
    /// Removes blanks, the query, the paths of the protocol and slashes at the end. Returns false if what is left can't be an address.
    /// </summary>
    public static bool TryClean(string text, out string address)
    {
        address = text.Trim();
        var end = address.IndexOfAny(['?', '#']);
        if (end >= 0)
            address = address.Substring(0, end);
        address = address.TrimEnd('/');
        foreach (var path in KnownPaths)
        {
            if (!address.EndsWith(path, StringComparison.OrdinalIgnoreCase))
                continue;
            address = address.Substring(0, address.Length - path.Length).TrimEnd('/');
            break;
        }

        var host = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : -1;
        if (host < 0 || address.Length <= host || address[host] == '/')
            return false;
        foreach (var c in address)
        {
            if (c <= ' ' || c == '\u007F')
                return false;
        }

        return true;
    }
}
