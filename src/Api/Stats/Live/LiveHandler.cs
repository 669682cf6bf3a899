using System.Buffers;
using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Stats.Live;

/// <summary>Handler of the live view, which sends each new event as a server-sent event.</summary>
internal static class LiveHandler
{
    private const string ContentType = "text/event-stream";
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static readonly QueryParameters Parameters = new(
    [
        ReadAccess.ProjectParameter, StatsParameters.Env, StatsParameters.Subject, StatsParameters.Type, StatsParameters.Version,
        StatsParameters.Actor, .. StatsParameters.Filters,
    ]);

    public static async Task<IResult> HandleAsync(
        HttpContext http, LiveFeeds feeds, ReadAccess access, SourceHasher sources, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, Parameters);
        var filter = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        if (reader.Problem is { } problem)
            return problem;

        if (http.IsHead())
        {
            http.Response.ContentType = ContentType;
            return TypedResults.Empty;
        }

        var view = new LiveView(filter, Cursor.Read(http.Request.Headers["Last-Event-ID"]));
        var source = sources.Networks(http.Connection.RemoteIpAddress);
        using var open = feeds.TryOpen(http.ReadProject().Ref, filter.Environment, view, in source);
        if (open is null)
        {
            return ProblemKind.Overloaded.With(
                $"Too many live views are open: at most {Limits.LiveViewsPerProject} of a project, {Limits.LiveViewsPerTenant} of a tenant"
                + $", {Limits.LiveViewsPerSource} of a source and {Limits.LiveViews} of the server.");
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await WriteAsync(http, view, access, time, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has disconnected, or the server stops.
        }

        return TypedResults.Empty;
    }

    private static async Task WriteAsync(HttpContext http, LiveView view, ReadAccess access, TimeProvider time, CancellationToken ending)
    {
        http.Response.ContentType = ContentType;
        // Disables response buffering in proxies such as nginx, which would delay events.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var body = http.Response.BodyWriter;
        body.Write("retry: 2000\n\n"u8);
        await body.FlushAsync(ending);

        var (checkedAt, wroteAt) = (time.GetTimestamp(), time.GetTimestamp());
        await foreach (var tick in view.Ticks.ReadAllAsync(ending))
        {
            if (time.GetElapsedTime(checkedAt) > Limits.CachedKeyAge)
            {
                if (!await access.IsStillAllowedAsync(http))
                    return;
                checkedAt = time.GetTimestamp();
            }

            foreach (var item in tick)
                Write(body, item);
            if (tick.Count == 0 && time.GetElapsedTime(wroteAt) < Heartbeat)
                continue;
            if (tick.Count == 0)
                body.Write(": heartbeat\n\n"u8);
            await body.FlushAsync(ending);
            wroteAt = time.GetTimestamp();
        }
    }

    private static void Write(IBufferWriter<byte> body, LiveItem item)
    {
        body.Write("id: "u8);
        body.Write(Encoding.ASCII.GetBytes(Cursor.Write(item.Cursor)));
        body.Write("\nevent: event\ndata: "u8);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(item.Event, StatsJson.Wire.EventItem));
        body.Write("\n\n"u8);
    }
}
