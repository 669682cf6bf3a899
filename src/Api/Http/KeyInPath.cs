namespace TelemetryKit.Api.Http;

/// <summary>The key from the path of a request, <c>/k/KEY/…</c>.</summary>
/// <param name="Key">The key as it was presented.</param>
internal sealed record KeyInPath(string Key)
{
    /// <summary>The placeholder that replaces the key in the path.</summary>
    public const string Redacted = "-";

    private const string Prefix = "/k/";

    /// <summary>Splits <c>/k/KEY/rest</c> into the key and <c>/k/-/rest</c>; returns <c>null</c> if the path has no such prefix.</summary>
    public static (KeyInPath Key, string Path)? Split(string path)
    {
        if (!path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = path.IndexOf('/', Prefix.Length);
        var end = rest < 0 ? path.Length : rest;
        return (new KeyInPath(path[Prefix.Length..end]), string.Concat(Prefix, Redacted, path.AsSpan(end)));
    }
}
