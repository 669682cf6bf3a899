using System.Net;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace TelemetryKit.Api.Docs;

/// <summary>A page of the documentation as HTML.</summary>
/// <param name="Path">Its path on the server, such as <c>/docs/sdk/analyzers</c>.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Html">The text as HTML, without the head and the frame of the page.</param>
internal sealed record DocumentationPage(string Path, string Title, string Html)
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    /// <summary>Returns the path of a file's page: <c>/docs/sdk</c> for <c>docs/sdk/README.md</c>.</summary>
    public static string PathOf(string file)
    {
        var path = file[..^".md".Length].ToLowerInvariant();
        path = path.StartsWith("docs/", StringComparison.Ordinal) ? path : "docs/" + path;
        return "/" + (path.EndsWith("/readme", StringComparison.Ordinal) ? path[..^"/readme".Length] : path);
    }

    /// <summary>Converts a file. Links to other pages lead to their paths; links to anything else in the repository become text.</summary>
    /// <param name="file">The file's path in the repository.</param>
    /// <param name="markdown">Its text.</param>
    /// <param name="files">The paths of all files that are pages.</param>
    public static DocumentationPage Of(string file, string markdown, IReadOnlyCollection<string> files)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.Url is not { } url || url.StartsWith('#') || Uri.IsWellFormedUriString(url, UriKind.Absolute))
                continue;
            if (Target(file, url, files) is { } target)
                link.Url = target;
            else
                link.ReplaceBy(link.FirstChild is { } text ? Detached(text) : new LiteralInline(""), copyChildren: false);
        }

        var heading = document.Descendants<HeadingBlock>().First().Inline!;
        var title = string.Concat(heading.Descendants<LiteralInline>().Select(part => part.Content));
        return new(PathOf(file), title, document.ToHtml(Pipeline));
    }

    private static string? Target(string file, string url, IReadOnlyCollection<string> files)
    {
        var parts = url.Split('#', 2);
        // Relative to the file's folder. The address is only used for its rules about "..".
        var path = new Uri(new Uri("file:///" + file), parts[0]).AbsolutePath[1..];
        path = files.Contains(path) ? path : path.TrimEnd('/') + "/README.md";
        return files.Contains(path) ? PathOf(path) + (parts.Length > 1 ? "#" + WebUtility.UrlEncode(parts[1]) : "") : null;
    }

    private static Inline Detached(Inline inline)
    {
        inline.Remove();
        return inline;
    }
}
