namespace TelemetryKit.Core.Accounts.Roles;

/// <summary>What a member is in a tenant. Each role may do all that the ones below it may.</summary>
public enum Role : byte
{
    /// <summary>Reads statistics.</summary>
    Viewer = 0,

    /// <summary>Works with projects and their keys.</summary>
    Member = 1,

    /// <summary>Manages people, settings and deletion, and reads the audit log.</summary>
    Admin = 2,

    /// <summary>The one who answers for the tenant: its plan, its end, and who owns it next. Every tenant has exactly one.</summary>
    Owner = 3,
}

/// <summary>The words of roles.</summary>
public static class RoleCodes
{
    /// <summary>The word on the wire.</summary>
    public static string Code(this Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Member => "member",
        Role.Admin => "admin",
        Role.Owner => "owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "is not a role"),
    };

    /// <summary>The role of a word.</summary>
    public static bool TryParse(string? code, out Role role)
    {
        foreach (var one in Enum.GetValues<Role>())
        {
            role = one;
            if (one.Code() == code)
                return true;
        }

        role = default;
        return false;
    }

    /// <summary>Whether somebody of this role may give, change or take away the other: nobody reaches above themselves, and ownership is handed over, never given.</summary>
    public static bool MayManage(this Role actor, Role other) => actor >= Role.Admin && other < Role.Owner && other <= actor;
}
