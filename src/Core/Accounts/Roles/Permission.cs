namespace TelemetryKit.Core.Accounts.Roles;

/// <summary>What can be done in a tenant.</summary>
public enum Permission
{
    /// <summary>See the tenant, its members, projects and statistics.</summary>
    Read,

    /// <summary>Leave the tenant.</summary>
    Leave,

    /// <summary>Make projects, change their settings.</summary>
    ManageProjects,

    /// <summary>See, make, rotate and revoke keys.</summary>
    ManageKeys,

    /// <summary>Empty a project's test environment.</summary>
    ResetTest,

    /// <summary>Make and revoke one's own API tokens.</summary>
    UseApiTokens,

    /// <summary>Delete an install's data.</summary>
    DeleteInstalls,

    /// <summary>Delete a project with everything in it.</summary>
    DeleteProjects,

    /// <summary>Invite, remove, and change roles.</summary>
    ManageMembers,

    /// <summary>Read and export the audit log.</summary>
    ReadAudit,

    /// <summary>Rename the tenant.</summary>
    ManageTenant,

    /// <summary>Hand the tenant over to another member.</summary>
    HandOver,

    /// <summary>Delete the tenant with everything in it.</summary>
    DeleteTenant,
}

/// <summary>The one table of who may do what.</summary>
public static class Permissions
{
    /// <summary>The least role that may.</summary>
    public static Role Needs(this Permission permission) => permission switch
    {
        Permission.Read => Role.Viewer,
        Permission.Leave => Role.Viewer,
        Permission.ManageProjects => Role.Member,
        Permission.ManageKeys => Role.Member,
        Permission.ResetTest => Role.Member,
        Permission.UseApiTokens => Role.Member,
        Permission.DeleteInstalls => Role.Admin,
        Permission.DeleteProjects => Role.Admin,
        Permission.ManageMembers => Role.Admin,
        Permission.ReadAudit => Role.Admin,
        Permission.ManageTenant => Role.Admin,
        Permission.HandOver => Role.Owner,
        Permission.DeleteTenant => Role.Owner,
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "has no role in the table"),
    };

    /// <summary>Whether the role may.</summary>
    public static bool May(this Role role, Permission permission) => role >= permission.Needs();
}
