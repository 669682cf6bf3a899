using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Api.Access;

/// <summary>Decides whose statistics a request may read: those of the project whose read key it presents.</summary>
internal sealed class ReadAccess(KeyRing keys, Readiness readiness)
{
    /// <summary>The project, or the problem with the key.</summary>
    public async ValueTask<(Project? Project, Problem? Problem)> FindAsync(HttpContext http)
    {
        if (!readiness.IsStarted)
            return (null, ProblemKind.StorageUnavailable.With("The server is starting; come back in a moment."));
        if (PresentedKey.InHeaders(http.Request.Headers) is not { } presented)
            return (null, ProblemKind.InvalidKey.With("Send a read key as \"Authorization: Bearer KEY\" or as \"X-Api-Key: KEY\"."));
        return await keys.FindAsync(presented, http.RequestAborted) switch
        {
            null => (null, ProblemKind.InvalidKey.With("The key is unknown or revoked.")),
            { Kind: KeyKind.Read } key => (key.Project, null),
            _ => (null, ProblemKind.WrongKey.With("This is a write key. Read with a read key (tk_read_…).")),
        };
    }

    /// <summary>Whether the key of a request that goes on for long is still good.</summary>
    public async ValueTask<bool> IsStillGoodAsync(HttpContext http) => (await FindAsync(http)).Project is not null;
}
