using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace TelemetryKit.Hosting;

/// <summary>Records each request that reached an endpoint, when it is over.</summary>
internal sealed class EndpointMiddleware(RequestDelegate next, ITelemetryClient telemetry)
{
    public Task InvokeAsync(HttpContext context) =>
        telemetry.IsEnabled && !AsksNotToBeTracked(context.Request.Headers) ? Measure(context) : next(context);

    private async Task Measure(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whoever is around us turns it into an answer; as far as it goes here, the request failed.
            Record(context, started, StatusCodes.Status500InternalServerError, e);
            throw;
        }

        var handled = context.Features.Get<IExceptionHandlerFeature>();
        Record(context, started, context.Response.StatusCode, handled?.Error);
    }

    private void Record(HttpContext context, long started, int status, Exception? exception)
    {
        // An exception handler inside of us sends the request on to an endpoint of its own; it is the first one that was used.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<ExcludeFromTelemetryAttribute>() is not null)
            return;
        if (EndpointName.Of(endpoint, context.Request.Method) is not { } name)
            return;

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The visitor left: that is no verdict on the endpoint, and no answer arrived that had a status.
            telemetry.TrackMethod(name, elapsed, success: null, new() { ["cancelled"] = true });
            return;
        }

        var metadata = new TelemetryMetadata { ["status"] = status };
        if (exception is not null)
            metadata["error_type"] = exception.GetType().FullName;
        telemetry.TrackMethod(name, elapsed, success: status < StatusCodes.Status400BadRequest, metadata);
    }

    private static bool AsksNotToBeTracked(IHeaderDictionary headers) => headers["DNT"] == "1" || headers["Sec-GPC"] == "1";
}
