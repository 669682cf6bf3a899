using Microsoft.AspNetCore.Connections;
using TelemetryKit.Api.Http.Pipeline;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>Converts exceptions, and the empty 404 and 405 responses of routing, to problems.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, TelemetryKitMetrics metrics, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (IsClientGone(http, e))
        {
            // The client has disconnected.
            http.Abort();
            return;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.Headers.AddDefaults();
            await ProblemOf(e).WriteAsync(http);
            return;
        }

        if (!http.Response.HasStarted && http.Response.StatusCode is 404 or 405 && http.Response.ContentLength is null)
            await (http.Response.StatusCode == 404 ? ProblemKind.NotFound : ProblemKind.MethodNotAllowed).AsProblem().WriteAsync(http);
    }

    private static bool IsClientGone(HttpContext http, Exception e) =>
        e is ConnectionResetException or ConnectionAbortedException
        || e.InnerException is ConnectionAbortedException
        || (e is OperationCanceledException or IOException and not BadHttpRequestException
            && http.RequestAborted.IsCancellationRequested);

    private Problem ProblemOf(Exception e)
    {
        switch (e)
        {
            case BadHttpRequestException { StatusCode: 413 }:
                return ProblemKind.BodyTooLarge.AsProblem();
            case BadHttpRequestException { StatusCode: 408 }:
                return ProblemKind.RequestTimeout.AsProblem();
            case BadHttpRequestException:
                return ProblemKind.BadRequest.AsProblem();
            case ResourceFullException full:
                metrics.Refused(full.Stage, full.Full.Code());
                return ProblemKind.Overloaded.AsProblem();
            case ProjectOverloadedException:
                metrics.Refused("views", PartyKind.Project.Code());
                return ProblemKind.Overloaded.AsProblem();
            case MembershipEndedException:
                return ProblemKind.NotFound.AsProblem();
            case StorageUnavailableException:
                return ProblemKind.StorageUnavailable.AsProblem();
            default:
                LogFault(log, e);
                return ProblemKind.InternalError.AsProblem();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
    private static partial void LogFault(ILogger log, Exception fault);
}
