using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Docs;

/// <summary>
/// The pages of the documentation, out of the Markdown files that the assembly contains. They are converted when the first of them is
/// requested.
/// </summary>
internal sealed class Documentation(DocumentThrottle throttle)
{
    private const string Root = "/docs";
    private const string Style =
        """
        body { margin: 0 auto; max-width: 52rem; padding: 1rem 1.5rem 4rem; font: 16px/1.6 system-ui, sans-serif; color: #1b1f24; }
        a { color: #0b5fa5; } h1, h2, h3 { line-height: 1.25; margin-top: 2em; } h1 { margin-top: 1em; }
        code { font: 0.9em ui-monospace, monospace; background: #f2f4f7; padding: 0.1em 0.3em; overflow-wrap: anywhere; }
        pre { background: #f2f4f7; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 6px; } pre code { padding: 0; background: none; }
        table { border-collapse: collapse; display: block; overflow-x: auto; }
        th, td { border: 1px solid #d5dae1; padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
        @media (prefers-color-scheme: dark) {
          body { background: #14171b; color: #dfe3e8; } a { color: #79b8f3; } code, pre { background: #22272e; }
          th, td { border-color: #3a414b; }
        }
        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
    private static readonly string Policy = $"default-src 'none'; style-src 'sha256-{StyleHash}'; frame-ancestors 'none'";

    private static readonly Lazy<FrozenDictionary<string, Served>> Pages = new(Read);

    /// <summary>Returns the page with a path, or 404.</summary>
    public IResult Get(HttpContext http)
    {
        if (throttle.FindRefusal(http) is { } refusal)
            return refusal;
        var path = http.Request.Path.Value!.TrimEnd('/').ToLowerInvariant();
        if (!Pages.Value.TryGetValue(path, out var page))
            return ProblemKind.NotFound.AsProblem();
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Bytes(page.Html, "text/html; charset=utf-8", entityTag: page.Tag);
    }

    private static FrozenDictionary<string, Served> Read()
    {
        var assembly = typeof(Documentation).Assembly;
        var files = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".md", StringComparison.Ordinal)).ToHashSet();
        var pages = files.Select(file =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            return DocumentationPage.Of(file, reader.ReadToEnd(), files);
        }).OrderBy(page => page.Path, StringComparer.Ordinal).ToList();
        var list = string.Concat(pages.Select(page => $"<li><a href=\"{page.Path}\">{WebUtility.HtmlEncode(page.Title)}</a></li>"));
        return pages.Append(new(Root, "Documentation", $"<h1>Documentation</h1><ul>{list}</ul>"))
            .ToFrozenDictionary(page => page.Path, Serve, StringComparer.Ordinal);
    }

    private static Served Serve(DocumentationPage page)
    {
        var html = Encoding.UTF8.GetBytes(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{WebUtility.HtmlEncode(page.Title)} – TelemetryKit</title>
            <style>{Style}</style>
            </head>
            <body>
            <nav><a href="{Root}">Documentation</a></nav>
            <main>
            {page.Html}
            </main>
            </body>
            </html>
            """);
        return new(html, new($"\"{Convert.ToHexStringLower(SHA256.HashData(html).AsSpan(0, 16))}\""));
    }

    private sealed record Served(byte[] Html, EntityTagHeaderValue Tag);
}
