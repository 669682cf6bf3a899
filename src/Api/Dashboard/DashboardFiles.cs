using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Dashboard;

/// <summary>
/// The files of the dashboard, in memory. The build compresses them with Brotli, so that no request does. The names of assets contain a
/// hash of their content, so browsers keep them; the page is revalidated each time.
/// </summary>
internal sealed class DashboardFiles
{
    private const string PageName = "index.html";
    private const string Brotli = "br";

    // Scripts, styles and requests are those of this server. Libraries may set styles of elements, but add no style sheets.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string NotBuilt =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>TelemetryKit</title></head>
        <body>
        <h1>TelemetryKit</h1>
        <p>The server runs, but was built without its dashboard. Install Node.js 20.19 or newer, and build again.</p>
        <p>The API works: see <a href="/docs">the documentation</a> and <a href="/openapi/v1.json">its description</a>.</p>
        </body>
        </html>
        """;

    private readonly FrozenDictionary<string, Served> _assets;
    private readonly Served _page;

    private DashboardFiles(FrozenDictionary<string, Served> assets, Served page) => (_assets, _page) = (assets, page);

    /// <summary>Whether the dashboard was built.</summary>
    public bool IsBuilt => _assets.Count > 0;

    /// <summary>Reads the files of a folder. If it has no page, a plain one replaces it.</summary>
    public static DashboardFiles Read(string folder)
    {
        var page = Path.Combine(folder, PageName);
        if (!File.Exists(page))
            return new(FrozenDictionary<string, Served>.Empty, Served.Of(PageName, Encoding.UTF8.GetBytes(NotBuilt), null));
        var assets = Directory.EnumerateFiles(Path.Combine(folder, "assets")).Where(file => Path.GetExtension(file) != ".br")
            .ToFrozenDictionary(file => Path.GetFileName(file), Served.Of, StringComparer.Ordinal);
        return new(assets, Served.Of(page));
    }

    /// <summary>Returns the page, which shows what its path says.</summary>
    public IResult GetPage(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-cache";
        return _page.To(http);
    }

    /// <summary>Returns a script, a style sheet or an image, or 404.</summary>
    public IResult GetAsset(HttpContext http, string file)
    {
        if (!_assets.TryGetValue(file, out var asset))
            return ProblemKind.NotFound.AsProblem();
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return asset.To(http);
    }

    private static bool AcceptsBrotli(HttpContext http) =>
        StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptEncoding, out var codings)
        && codings.Any(coding => coding.Value.Equals(Brotli, StringComparison.OrdinalIgnoreCase) && coding.Quality is null or > 0);

    private sealed record Served(byte[] Plain, byte[]? Compressed, string Type, string Hash)
    {
        public static Served Of(string file) =>
            Of(file, File.ReadAllBytes(file), File.Exists(file + ".br") ? File.ReadAllBytes(file + ".br") : null);

        public static Served Of(string name, byte[] plain, byte[]? compressed) =>
            new(plain, compressed, TypeOf(name), Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 16)));

        public FileContentHttpResult To(HttpContext http)
        {
            http.Response.Headers.Vary = "Accept-Encoding";
            if (Compressed is null || !AcceptsBrotli(http))
                return TypedResults.Bytes(Plain, Type, entityTag: new($"\"{Hash}\""));
            http.Response.Headers.ContentEncoding = Brotli;
            return TypedResults.Bytes(Compressed, Type, entityTag: new($"\"{Hash}-{Brotli}\""));
        }

        private static string TypeOf(string name) => Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".woff2" => "font/woff2",
            var other => throw new InvalidDataException($"The dashboard has a file of an unknown type: {other}"),
        };
    }
}
