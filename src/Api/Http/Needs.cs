using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http;

/// <summary>Endpoint metadata: what a route of the management API needs of whoever calls it. <c>CallerFilter</c> enforces it, the OpenAPI document tells it.</summary>
internal sealed record Needs
{
    /// <summary>Somebody signed in.</summary>
    public static Needs AnyCaller { get; } = new();

    /// <summary>Somebody signed in with a browser: what is about the account itself is out of reach for tokens.</summary>
    public static Needs Session { get; } = new() { SessionOnly = true };

    /// <summary>Whether API tokens are refused.</summary>
    public bool SessionOnly { get; private init; }

    /// <summary>Whether a session that awaits its second factor will do.</summary>
    public bool HalfSignedIn { get; init; }

    /// <summary>What the caller must be allowed in the tenant of the path; <c>null</c> where the path names none.</summary>
    public Permission? Permission { get; private init; }

    /// <summary>Somebody who may do that in the tenant that the path names by <c>{tenant}</c>, or by a <c>{project}</c> of it.</summary>
    public static Needs To(Permission permission) => new() { Permission = permission };

    /// <summary>Whether the parameter <c>CallerFilter.Tenant</c> names the tenant, and not the path.</summary>
    public bool TenantInQuery { get; private init; }

    /// <summary>The same, with the tenant as a parameter: a token has its own, and needs none.</summary>
    public Needs InQuery() => this with { TenantInQuery = true };

    /// <summary>The same, but not with a token.</summary>
    public Needs WithoutToken() => this with { SessionOnly = true };
}
