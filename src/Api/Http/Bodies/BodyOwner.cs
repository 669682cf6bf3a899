using System.Net;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>On whose account a body is read.</summary>
/// <param name="TenantId">The tenant of the key; empty if there is no key.</param>
/// <param name="KeyId">The key; empty if there is none.</param>
/// <param name="Address">The sender's address. It is hashed if that is needed, and kept nowhere.</param>
internal readonly record struct BodyOwner(Guid TenantId, Guid KeyId, IPAddress? Address)
{
    /// <summary>The sender of a request, and the key it came with.</summary>
    public static BodyOwner Of(HttpRequest request, ProjectKey? key = null) =>
        new(key?.Project.Ref.TenantId ?? default, key?.KeyId ?? default, request.HttpContext.Connection.RemoteIpAddress);

    /// <summary>Those whose shares it uses.</summary>
    public Parties Parties(SourceHasher sources) => new(TenantId, KeyId, sources.Hash(Address));
}
