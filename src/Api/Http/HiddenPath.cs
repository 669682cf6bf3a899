using System.Text.RegularExpressions;

namespace TelemetryKit.Api.Http;

/// <summary>A path without its secrets: the key in <c>/k/KEY/…</c>, the id in <c>/v1/installs/ID</c>, and keys anywhere else.</summary>
/// <param name="Path">The path with <see cref="Placeholder"/> in their places.</param>
/// <param name="Key">The key of the prefix <c>/k/KEY</c>, or <c>null</c>.</param>
/// <param name="User">The id of an install, or <c>null</c>.</param>
internal sealed partial record HiddenPath(string Path, KeyInPath? Key, UserInPath? User)
{
    /// <summary>Replaces a secret in a path.</summary>
    public const string Placeholder = "-";

    private const string KeyPrefix = "/k/";
    private const string InstallsPrefix = "/v1/installs/";

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes { get; }

    // A slash may be encoded, and a client may put a prefix before the path.
    [GeneratedRegex(
        "^.*?(?:/|%2f)installs(?:/|%2f)+(?=.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BeforeUser { get; }

    [GeneratedRegex("tk_(?:live|test|read|pat)_[0-9a-z]{32,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnyKey { get; }

    /// <summary>Returns the path without its secrets, or <c>null</c> if it has none.</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="path">The decoded path.</param>
    /// <param name="rawTarget">The target as it was sent. Only there, an encoded slash differs from the text <c>%2F</c>.</param>
    public static HiddenPath? Of(string method, string path, string rawTarget)
    {
        KeyInPath? key = null;
        UserInPath? user = null;
        var hidden = path.Contains("//", StringComparison.Ordinal) ? Slashes.Replace(path, "/") : path;
        if (hidden.StartsWith(KeyPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var end = hidden.IndexOf('/', KeyPrefix.Length) is var slash and >= 0 ? slash : hidden.Length;
            key = new(hidden[KeyPrefix.Length..end]);
            hidden = string.Concat(KeyPrefix, Placeholder, hidden.AsSpan(end));
        }
        else if (hidden.Contains("installs", StringComparison.OrdinalIgnoreCase) && BeforeUser.Match(hidden) is { Success: true } before
            && !IsOperation(method, hidden.AsSpan(before.Length)))
        {
            user = UserIn(rawTarget);
            hidden = before.Value + Placeholder;
        }

        if (hidden.Contains("tk_", StringComparison.OrdinalIgnoreCase))
            hidden = AnyKey.Replace(hidden, Placeholder);
        return hidden == path ? null : new(hidden, key, user);
    }

    // POST /v1/installs/erase and /v1/installs/find have the id in their bodies. With other methods, these are ids.
    private static bool IsOperation(string method, ReadOnlySpan<char> name)
    {
        name = name.TrimEnd('/');
        return HttpMethods.IsPost(method)
            && (name.Equals("erase", StringComparison.OrdinalIgnoreCase) || name.Equals("find", StringComparison.OrdinalIgnoreCase));
    }

    private static UserInPath? UserIn(string rawTarget)
    {
        var path = rawTarget.Split('?')[0];
        // The absolute form, which clients send to proxies.
        if (path.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0)
            path = path.IndexOf('/', scheme + 3) is var start and > 0 ? path[start..] : "/";
        path = Slashes.Replace(path, "/").TrimEnd('/');
        return path.StartsWith(InstallsPrefix, StringComparison.OrdinalIgnoreCase) && path.IndexOf('/', InstallsPrefix.Length) < 0
            ? new(Uri.UnescapeDataString(path[InstallsPrefix.Length..]))
            : null;
    }
}

/// <summary>The key from the path of a request, <c>/k/KEY/…</c>.</summary>
/// <param name="Key">The key as it was presented.</param>
internal sealed record KeyInPath(string Key);

/// <summary>The id from the path of a request, <c>/v1/installs/ID</c>.</summary>
/// <param name="UserId">The decoded id.</param>
internal sealed record UserInPath(string UserId);
