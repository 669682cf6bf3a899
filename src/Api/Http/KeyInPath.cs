namespace TelemetryKit.Api.Http;

/// <summary>The key that a request carried in its path, <c>/k/KEY/…</c>.</summary>
/// <param name="Key">The key as it was presented.</param>
internal sealed record KeyInPath(string Key)
{
    /// <summary>What stands in the path instead of the key.</summary>
    public const string Redacted = "-";

    private const string Prefix = "/k/";

    /// <summary>Splits <c>/k/KEY/rest</c> into the key and <c>/k/-/rest</c>; <c>null</c> where the path has no such prefix.</summary>
    public static (KeyInPath Key, string Path)? Split(string path)
    {
        if (!path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = path.IndexOf('/', Prefix.Length);
        var end = rest < 0 ? path.Length : rest;
        return (new KeyInPath(path[Prefix.Length..end]), string.Concat(Prefix, Redacted, path.AsSpan(end)));
    }
}
