using System.Text;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Sharing;

namespace TelemetryKit.Api.Sharing;

/// <summary>
/// Handlers of what anyone may read of a shared project. Responses may be cached. Look-ups that aren't in memory are limited by source.
/// </summary>
internal sealed class PublicHandlers(PublicReports reports, SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private const int CacheSeconds = 300;
    private const int StaleSeconds = 600;

    private readonly SourceThrottle _lookUps = new(Limits.ShareLookUps, Limits.ShareLookUpTime, time);

    private static readonly QueryParameter Style =
        new("style", "The form of the badge.") { Values = ["flat", "flat-square"], Default = "flat" };

    private static readonly QueryParameter Color =
        new("color", "The colour of the right side: a name, or three or six hexadecimal digits.") { Maximum = 20 };

    private static readonly QueryParameter Label = new("label", "The left text.") { Maximum = 40 };

    private static readonly QueryParameters BadgeParameters = new([Style, Color, Label]);

    /// <summary>Returns the report as JSON.</summary>
    public async Task<IResult> ReportAsync(HttpContext http, string name)
    {
        var (report, problem) = await FindAsync(http, name);
        if (report is null)
            return problem!;
        Cache(http);
        return TypedResults.Json(report, SharingJson.Wire.PublicReportBody);
    }

    /// <summary>Returns a badge as SVG, also if there is none: an image is all that a page shows.</summary>
    public async Task<IResult> BadgeAsync(HttpContext http, string name, string badge)
    {
        var (read, fault) = Read(http, badge);
        if (read is null)
            return fault!;
        var (report, problem) = await FindAsync(http, name);
        if (report is null && problem!.Kind != ProblemKind.NotFound)
            return problem;
        Cache(http);
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        var text = report is null ? null : read.Kind.TextOf(report);
        return TypedResults.Text(
            read.Draw(text ?? BadgeText.NotFound), "image/svg+xml", Encoding.UTF8, text is null ? StatusCodes.Status404NotFound : null);
    }

    /// <summary>Returns a badge in the form that shields.io reads.</summary>
    public async Task<IResult> ShieldAsync(HttpContext http, string name, string badge)
    {
        var (read, fault) = Read(http, badge);
        if (read is null)
            return fault!;
        var (report, problem) = await FindAsync(http, name);
        if (report is null)
            return problem!;
        if (read.Kind.TextOf(report) is not { } text)
            return ProblemKind.NotFound.With("The page doesn't show the section of this badge.");
        Cache(http);
        var body = new ShieldBody(1, read.Label ?? text.Label, text.Message, read.Color ?? text.Color, CacheSeconds);
        return TypedResults.Json(body, SharingJson.Wire.ShieldBody);
    }

    private static (Badge? Badge, IResult? Problem) Read(HttpContext http, string name)
    {
        if (BadgeKind.TryParse(name) is not { } kind)
            return (null, ProblemKind.NotFound.With($"The badges are {string.Join(", ", BadgeKind.Names)}."));
        var reader = new QueryReader(http.Request.Query, BadgeParameters);
        var color = reader.Text(Color);
        if (color is not null && !BadgeColors.IsValid(color))
            reader.Fault(Color, $"It must be {string.Join(", ", BadgeColors.Names)}, or three or six hexadecimal digits.");
        var badge = new Badge(kind, reader.Text(Label), color, IsSquare: reader.Choice(Style) == "flat-square");
        return reader.Problem is { } problem ? (null, problem) : (badge, null);
    }

    private async ValueTask<(PublicReportBody? Report, Problem? Problem)> FindAsync(HttpContext http, string name)
    {
        if (!ShareName.IsValid(name))
            return (null, ProblemKind.NotFound.AsProblem());
        if (reports.FindCached(name) is { } cached)
            return (cached, null);
        if (_lookUps.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is { } refusal)
        {
            metrics.Refused("shares", refusal.Bound);
            return (null, ProblemKind.RateLimited.AsProblem() with { RetryAfter = refusal.RetryAfter });
        }

        var report = await reports.FindAsync(name, http.RequestAborted);
        return (report, report is null ? ProblemKind.NotFound.AsProblem() : null);
    }

    private static void Cache(HttpContext http) =>
        http.Response.Headers.CacheControl = $"public, max-age={CacheSeconds}, stale-while-revalidate={StaleSeconds}";
}
