namespace TelemetryKit.Core.Accounts.Roles;

/// <summary>The role of a member in a tenant. Each role includes the permissions of the lower ones.</summary>
public enum Role : byte
{
    /// <summary>Reads statistics.</summary>
    Viewer = 0,

    /// <summary>Works with projects and their keys.</summary>
    Member = 1,

    /// <summary>Manages people, settings and deletion, and reads the audit log.</summary>
    Admin = 2,

    /// <summary>Decides on the plan, the transfer and the deletion of the tenant. Every tenant has exactly one owner.</summary>
    Owner = 3,
}

/// <summary>The codes of roles and their rules.</summary>
public static class RoleCodes
{
    /// <summary>Returns the code of a role in the API.</summary>
    public static string Code(this Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Member => "member",
        Role.Admin => "admin",
        Role.Owner => "owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "is not a role"),
    };

    /// <summary>Finds the role with a code.</summary>
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

    /// <summary>
    /// Returns whether a member with this role may assign, change or remove the other role. A member can't manage higher roles than their
    /// own, and ownership can only be transferred.
    /// </summary>
    public static bool MayManage(this Role actor, Role other) => actor >= Role.Admin && other < Role.Owner && other <= actor;
}
