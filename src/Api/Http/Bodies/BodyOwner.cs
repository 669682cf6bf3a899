using System.Net;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>The parties that the memory of a body is charged to.</summary>
/// <param name="TenantId">The tenant of the key; empty if there is no key.</param>
/// <param name="KeyId">The id of the key; empty if there is no key.</param>
/// <param name="Address">The source address. It is hashed if needed, and never stored.</param>
internal readonly record struct BodyOwner(Guid TenantId, Guid KeyId, IPAddress? Address)
{
    /// <summary>Returns the owner of a request's body.</summary>
    public static BodyOwner Of(HttpRequest request, ProjectKey? key = null) =>
        new(key?.Project.Ref.TenantId ?? default, key?.KeyId ?? default, request.HttpContext.Connection.RemoteIpAddress);

    /// <summary>Returns the parties whose shares the body uses.</summary>
    public Parties Parties(SourceHasher sources) => new(TenantId, KeyId, sources.Networks(Address));
}
