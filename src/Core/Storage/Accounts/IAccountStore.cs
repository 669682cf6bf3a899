namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// Everything the store keeps about people, tenants and what they manage, by topic. A fault of the store itself is a
/// <see cref="Core.Storage.StorageUnavailableException"/>, whichever call meets it.
/// </summary>
public interface IAccountStore
{
    /// <summary>Accounts.</summary>
    IAccounts Accounts { get; }

    /// <summary>Changes of addresses.</summary>
    IEmailChanges EmailChanges { get; }

    /// <summary>Sessions.</summary>
    ISessions Sessions { get; }

    /// <summary>Links in mails.</summary>
    IOneTimeTokens OneTimeTokens { get; }

    /// <summary>Second factors.</summary>
    ISecondFactors SecondFactors { get; }

    /// <summary>Tenants.</summary>
    ITenants Tenants { get; }

    /// <summary>Members of tenants.</summary>
    IMembers Members { get; }

    /// <summary>Invitations.</summary>
    IInvitations Invitations { get; }

    /// <summary>Projects.</summary>
    IManagedProjects Projects { get; }

    /// <summary>Personal API tokens.</summary>
    IApiTokens ApiTokens { get; }

    /// <summary>The audit logs.</summary>
    IAuditLog Audit { get; }

    /// <summary>Mails that are to be sent.</summary>
    IWaitingMails Mails { get; }

    /// <summary>What was sent to whom once.</summary>
    ISentNotices Notices { get; }

    /// <summary>What was counted against quotas.</summary>
    IUsage Usage { get; }

    /// <summary>What one replica does for all.</summary>
    IChores Chores { get; }

    /// <summary>The keys of ASP.NET's data protection.</summary>
    IDataProtectionKeys DataProtectionKeys { get; }
}
