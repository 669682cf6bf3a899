using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Secrets;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The accounts' tables, for both databases.</summary>
internal sealed class AccountStore(AccountDatabase database, Seals seals) : IAccountStore
{
    public IAccounts Accounts { get; } = new AccountTable(database);

    public IEmailChanges EmailChanges { get; } = new EmailChangeTable(database);

    public ISessions Sessions { get; } = new SessionTable(database);

    public IOneTimeTokens OneTimeTokens { get; } = new OneTimeTokenTable(database);

    public ISecondFactors SecondFactors { get; } = new SecondFactorTable(database);

    public ITenants Tenants { get; } = new TenantTable(database);

    public IMembers Members { get; } = new MemberTable(database);

    public IInvitations Invitations { get; } = new InvitationTable(database);

    public IManagedProjects Projects { get; } = new ProjectTable(database, seals);

    public IApiTokens ApiTokens { get; } = new ApiTokenTable(database);

    public IAuditLog Audit { get; } = new AuditTable(database);

    public IWaitingMails Mails { get; } = new MailTable(database);

    public ISentNotices Notices { get; } = new NoticeTable(database);

    public IUsage Usage { get; } = new UsageTable(database);

    public IBillingAccounts Billing { get; } = new BillingTable(database);

    public IJobLeases JobLeases { get; } = new JobLeaseTable(database);

    public IDataProtectionKeys DataProtectionKeys { get; } = new DataProtectionKeyTable(database, seals);

    public IErasures Erasures { get; } = new ErasureTable(database);

    public IShares Shares { get; } = new ShareTable(database);

    public IReceiptKeys ReceiptKeys { get; } = new ReceiptKeyTable(database, seals);
}
