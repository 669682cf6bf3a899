namespace TelemetryKit.Core.Accounts.Roles;

/// <summary>
/// What an API token may do, in addition to the role of its owner. The numbers are stored. There is no scope for people, for the tenant
/// itself or for tokens: these need a session.
/// </summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read statistics, events, usage, the tenant and its projects.</summary>
    StatsRead = 1,

    /// <summary>Create and change projects, and delete the data of their test environments.</summary>
    ProjectsWrite = 2,

    /// <summary>Delete projects with all their data.</summary>
    ProjectsDelete = 4,

    /// <summary>See, create, rotate and revoke keys.</summary>
    KeysWrite = 8,

    /// <summary>Delete the data of installs.</summary>
    InstallsErase = 16,

    /// <summary>Read and export the audit log.</summary>
    AuditRead = 32,
}

/// <summary>The codes of scopes, and the scopes that permissions require.</summary>
public static class TokenScopeRules
{
    private static readonly TokenScopes[] All = [.. Enum.GetValues<TokenScopes>().Where(scope => scope != TokenScopes.None)];

    /// <summary>The codes of all scopes.</summary>
    public static IReadOnlyList<string> AllCodes { get; } = [.. All.Select(Code)];

    /// <summary>Returns the scope that a token needs for the permission, or <c>null</c> if no token has the permission.</summary>
    public static TokenScopes? Scope(this Permission permission) => permission switch
    {
        Permission.Read => TokenScopes.StatsRead,
        Permission.ManageProjects or Permission.ResetTest => TokenScopes.ProjectsWrite,
        Permission.DeleteProjects => TokenScopes.ProjectsDelete,
        Permission.ManageKeys => TokenScopes.KeysWrite,
        Permission.DeleteInstalls => TokenScopes.InstallsErase,
        Permission.ReadAudit => TokenScopes.AuditRead,
        _ => null,
    };

    /// <summary>Returns the code of a single scope in the API.</summary>
    public static string Code(this TokenScopes scope) => scope switch
    {
        TokenScopes.StatsRead => "stats:read",
        TokenScopes.ProjectsWrite => "projects:write",
        TokenScopes.ProjectsDelete => "projects:delete",
        TokenScopes.KeysWrite => "keys:write",
        TokenScopes.InstallsErase => "installs:erase",
        TokenScopes.AuditRead => "audit:read",
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "is not a single scope"),
    };

    /// <summary>Returns the codes of all scopes in a set.</summary>
    public static IReadOnlyList<string> Codes(this TokenScopes scopes) => [.. All.Where(scope => scopes.HasFlag(scope)).Select(Code)];

    /// <summary>Parses a set. Returns <c>null</c> if it is empty or has an unknown code.</summary>
    public static TokenScopes? TryParse(IEnumerable<string?>? codes)
    {
        var scopes = TokenScopes.None;
        foreach (var code in codes ?? [])
        {
            if (Array.Find(All, scope => scope.Code() == code) is not (not TokenScopes.None and var scope))
                return null;
            scopes |= scope;
        }

        return scopes == TokenScopes.None ? null : scopes;
    }
}
