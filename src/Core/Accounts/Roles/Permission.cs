namespace TelemetryKit.Core.Accounts.Roles;

/// <summary>An action in a tenant that requires a role.</summary>
public enum Permission
{
    /// <summary>See the tenant, its members, projects and statistics.</summary>
    Read,

    /// <summary>Leave the tenant.</summary>
    Leave,

    /// <summary>Create projects and change their settings.</summary>
    ManageProjects,

    /// <summary>See, create, rotate and revoke keys.</summary>
    ManageKeys,

    /// <summary>Delete the data of a project's test environment.</summary>
    ResetTest,

    /// <summary>Create and revoke API tokens of the own account.</summary>
    UseApiTokens,

    /// <summary>Delete an install's data.</summary>
    DeleteInstalls,

    /// <summary>Delete a project with all its data.</summary>
    DeleteProjects,

    /// <summary>Give a project a public page, and remove it.</summary>
    Share,

    /// <summary>Invite, remove, and change roles.</summary>
    ManageMembers,

    /// <summary>Read and export the audit log.</summary>
    ReadAudit,

    /// <summary>Rename the tenant.</summary>
    ManageTenant,

    /// <summary>See, pay for and change the subscription.</summary>
    ManageBilling,

    /// <summary>Transfer the ownership to another member.</summary>
    HandOver,

    /// <summary>Delete the tenant with all its data.</summary>
    DeleteTenant,
}

/// <summary>The table of the roles that permissions require.</summary>
public static class Permissions
{
    /// <summary>Returns the lowest role that has the permission.</summary>
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
        Permission.Share => Role.Admin,
        Permission.ManageMembers => Role.Admin,
        Permission.ReadAudit => Role.Admin,
        Permission.ManageTenant => Role.Admin,
        Permission.ManageBilling => Role.Owner,
        Permission.HandOver => Role.Owner,
        Permission.DeleteTenant => Role.Owner,
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "has no role in the table"),
    };

    /// <summary>Returns whether the role has the permission.</summary>
    public static bool May(this Role role, Permission permission) => role >= permission.Needs();
}
