using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>Who makes a request: a person in a signed-in browser, or with an API token.</summary>
/// <param name="Account">The person.</param>
/// <param name="Session">Their session; <c>null</c> with a token.</param>
/// <param name="SessionToken">What its cookie has; <c>null</c> with a token.</param>
/// <param name="Bearer">The token; <c>null</c> in a session.</param>
internal sealed record Caller(Account Account, Session? Session, string? SessionToken, TokenBearer? Bearer)
{
    /// <summary>The same for the audit log.</summary>
    public Actor Actor => new(Account.Id, Bearer?.Token.Id);
}

/// <summary>Who makes a request, and what they are in the tenant that it is about.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Membership">The tenant, and their role in it.</param>
internal sealed record TenantCaller(Caller Caller, Membership Membership)
{
    /// <summary>The tenant.</summary>
    public Tenant Tenant => Membership.Tenant;

    /// <summary>A line for its audit log.</summary>
    public AuditLine Line(string action, DateTimeOffset now, string? target = null, string? detail = null) => new(Caller.Actor, action, now, target, detail);
}

/// <summary>What <see cref="CallerFilter"/> leaves for routes behind it.</summary>
internal static class CallerExtensions
{
    /// <summary>Who makes the request.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();

    /// <summary>Who makes the request, in the tenant of its path.</summary>
    public static TenantCaller TenantCaller(this HttpContext http) => http.Features.GetRequiredFeature<TenantCaller>();
}
