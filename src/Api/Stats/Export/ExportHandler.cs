using System.Text;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats.Export;

/// <summary>Handler of the export of events.</summary>
internal static class ExportHandler
{
    // A member may lose access, or a tenant its plan, while a long export runs.
    private const int PagesBetweenChecks = 16;

    public static readonly QueryParameters Parameters =
        new([.. StatsParameters.Common, .. StatsParameters.Filters, ExplorerHandler.User, ExplorerHandler.CursorText]);

    public static async Task<IResult> HandleAsync(
        HttpContext http, IStore store, PlanAccess plans, ReadAccess access, ExportShare share, ExportAudit audit, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, Parameters);
        var filter = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        var project = http.ReadProject().Ref;
        var query = ExplorerHandler.ReadEvents(reader, filter, project.ProjectId) with { Limit = Limits.PageSize };
        if (reader.Problem is { } problem)
            return problem;
        if (await plans.FindRefusalAsync(http, Feature.Export) is { } refusal)
            return refusal;
        var format = ExportFormats.Of(http.Request);
        if (http.IsHead())
        {
            SetHeaders(http.Response, format);
            return TypedResults.Empty;
        }

        if (!share.TryTake(project))
            return ProblemKind.Overloaded.With("Too many exports are running.");
        try
        {
            // Before the response starts, so that a failure of the store is a problem and not an interrupted file.
            var page = await store.Events.ReadPageAsync(query, filter, http.RequestAborted);
            await audit.AddAsync(http, format);
            SetHeaders(http.Response, format);
            var export = new EventExport(format, filter);
            await WriteAsync(export.Begin() + export.Format(page));
            for (var pages = 1; page.Next is { } next; pages++)
            {
                if (pages % PagesBetweenChecks == 0 && !await IsStillAllowedAsync())
                {
                    // An export must not look complete if it isn't.
                    http.Abort();
                    return TypedResults.Empty;
                }

                page = await store.Events.ReadPageAsync(query with { After = next }, filter, http.RequestAborted);
                await WriteAsync(export.Format(page));
            }

            await WriteAsync(export.End());
            return TypedResults.Empty;
        }
        finally
        {
            share.GiveBack(project);
        }

        static void SetHeaders(HttpResponse response, ExportFormat format)
        {
            response.ContentType = format.ContentType();
            response.Headers.ContentDisposition = $"attachment; filename=\"events.{format.Extension()}\"";
        }

        Task WriteAsync(string text) => http.Response.WriteAsync(text, Encoding.UTF8, http.RequestAborted);

        async ValueTask<bool> IsStillAllowedAsync() =>
            await access.IsStillAllowedAsync(http) && await plans.FindRefusalAsync(http, Feature.Export) is null;
    }
}
