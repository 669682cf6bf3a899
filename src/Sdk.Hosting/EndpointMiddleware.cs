using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace TelemetryKit.Hosting;

/// <summary>Records each request that reaches an endpoint, when it has completed.</summary>
internal sealed class EndpointMiddleware(RequestDelegate next, ITelemetryClient telemetry)
{
    public Task InvokeAsync(HttpContext context) =>
        telemetry.IsEnabled && !HasOptedOut(context.Request.Headers) ? Measure(context) : next(context);

    private async Task Measure(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // An outer middleware will turn it into a response. Here the request has failed.
            Record(context, started, StatusCodes.Status500InternalServerError, e);
            throw;
        }

        var handled = context.Features.Get<IExceptionHandlerFeature>();
        Record(context, started, context.Response.StatusCode, handled?.Error);
    }

    private void Record(HttpContext context, long started, int status, Exception? exception)
    {
        // An inner exception handler re-executes the request with another endpoint. The original one counts.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<ExcludeFromTelemetryAttribute>() is not null)
            return;
        if (EndpointName.Of(endpoint, context) is not { } name)
            return;

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected. The endpoint has neither succeeded nor failed, and no status was received.
            telemetry.TrackMethod(name, elapsed, success: null, new() { ["cancelled"] = true });
            return;
        }

        var metadata = new TelemetryMetadata { ["status"] = status };
        if (exception is not null)
            metadata["error_type"] = exception.GetType().FullName;
        telemetry.TrackMethod(name, elapsed, success: status < StatusCodes.Status400BadRequest, metadata);
    }

    private static bool HasOptedOut(IHeaderDictionary headers) => headers["DNT"] == "1" || headers["Sec-GPC"] == "1";
}
