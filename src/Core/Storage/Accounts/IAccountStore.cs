namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// The part of the store for accounts, tenants and their projects, by topic. All calls throw
/// <see cref="Core.Storage.StorageUnavailableException"/> if the store is unavailable.
/// </summary>
public interface IAccountStore
{
    /// <summary>Accounts.</summary>
    IAccounts Accounts { get; }

    /// <summary>Changes of the addresses of accounts.</summary>
    IEmailChanges EmailChanges { get; }

    /// <summary>Sessions.</summary>
    ISessions Sessions { get; }

    /// <summary>Tokens of links in mails.</summary>
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

    /// <summary>Notices that are sent once.</summary>
    ISentNotices Notices { get; }

    /// <summary>The use of quotas.</summary>
    IUsage Usage { get; }

    /// <summary>The billing of tenants.</summary>
    IBillingAccounts Billing { get; }

    /// <summary>Leases of jobs that one replica runs for all.</summary>
    IJobLeases JobLeases { get; }

    /// <summary>The keys of ASP.NET's data protection.</summary>
    IDataProtectionKeys DataProtectionKeys { get; }

    /// <summary>Erasures of installs that their users asked for.</summary>
    IErasures Erasures { get; }

    /// <summary>The keys that sign receipts of erasures.</summary>
    IReceiptKeys ReceiptKeys { get; }

    /// <summary>The public pages of projects.</summary>
    IShares Shares { get; }
}
