using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>The caller of a request: an account with a browser session or an API token.</summary>
/// <param name="Account">The account.</param>
/// <param name="Session">The session, or <c>null</c> if the caller uses an API token.</param>
/// <param name="SessionToken">The token of the session cookie, or <c>null</c> if the caller uses an API token.</param>
/// <param name="Bearer">The API token, or <c>null</c> if the caller uses a session.</param>
internal sealed record Caller(Account Account, Session? Session, string? SessionToken, TokenBearer? Bearer)
{
    /// <summary>The caller as recorded in the audit log.</summary>
    public Actor Actor => new(Account.Id, Bearer?.Token.Id);
}

/// <summary>The caller of a request with the membership in the tenant that the request concerns.</summary>
/// <param name="Caller">The caller.</param>
/// <param name="Membership">The tenant and the caller's role in it.</param>
internal sealed record TenantCaller(Caller Caller, Membership Membership)
{
    /// <summary>The tenant.</summary>
    public Tenant Tenant => Membership.Tenant;

    /// <summary>Returns the problem if the caller is suspended or the role is too low for the permission, else <c>null</c>.</summary>
    public Problem? FindRefusal(Permission permission) =>
        Membership.IsSuspended && permission != Permission.Leave ? AccountProblems.MemberSuspended.AsProblem()
        : Membership.Role.May(permission) ? null
        : AccountProblems.Needs(permission.Needs());

    /// <summary>Creates a line for the tenant's audit log.</summary>
    public AuditLine Line(string action, DateTimeOffset now, string? target = null, string? detail = null) =>
        new(Caller.Actor, action, now, target, detail);
}

/// <summary>Reads the features that <see cref="CallerFilter"/> sets.</summary>
internal static class CallerExtensions
{
    /// <summary>Returns the caller of the request.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();

    /// <summary>Returns the caller with the membership in the tenant of the request.</summary>
    public static TenantCaller TenantCaller(this HttpContext http) => http.Features.GetRequiredFeature<TenantCaller>();
}
