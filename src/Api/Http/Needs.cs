using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Endpoint metadata: what a route of the management API requires of its caller. <c>CallerFilter</c> enforces it, and the OpenAPI document
/// contains it.
/// </summary>
internal sealed record Needs
{
    /// <summary>Any caller: a session or an API token.</summary>
    public static Needs AnyCaller { get; } = new();

    /// <summary>A session. API tokens can't access the account itself.</summary>
    public static Needs Session { get; } = new() { SessionOnly = true };

    /// <summary>Whether API tokens are rejected.</summary>
    public bool SessionOnly { get; private init; }

    /// <summary>Whether a session that awaits its second factor is accepted.</summary>
    public bool HalfSignedIn { get; init; }

    /// <summary>
    /// The permission that the caller needs in the tenant of the request, or <c>null</c> if the route concerns no tenant.
    /// </summary>
    public Permission? Permission { get; private init; }

    /// <summary>
    /// A caller with the permission in the tenant that the path names by <c>{tenant}</c> or <c>{project}</c>. An API token needs the scope
    /// of the permission, and is rejected if there is none.
    /// </summary>
    public static Needs To(Permission permission) => new() { Permission = permission, SessionOnly = permission.Scope() is null };

    /// <summary>The scope that an API token needs, or <c>null</c> if it needs none, or if it is rejected.</summary>
    public TokenScopes? Scope => SessionOnly ? null : Permission?.Scope();

    /// <summary>Whether the handler checks <see cref="Permission"/>, because only it knows the project.</summary>
    public bool IsCheckedByHandler { get; private init; }

    /// <summary>Returns a copy whose permission the handler checks.</summary>
    public Needs ByHandler() => this with { IsCheckedByHandler = true };

    /// <summary>Whether the parameter <c>CallerFilter.Tenant</c> names the tenant instead of the path.</summary>
    public bool TenantInQuery { get; private init; }

    /// <summary>Returns a copy that reads the tenant from the query string. It is optional with an API token.</summary>
    public Needs InQuery() => this with { TenantInQuery = true };

    /// <summary>Returns a copy that rejects API tokens.</summary>
    public Needs WithoutToken() => this with { SessionOnly = true };
}
