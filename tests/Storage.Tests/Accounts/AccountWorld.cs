using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Makes accounts, tenants and projects for tests.</summary>
internal sealed class AccountWorld(StoreHarness harness)
{
    public IAccountStore Accounts { get; } = harness.Store.Accounts;

    public IKeyStore Keys { get; } = harness.Store.Keys;

    /// <summary>The same, as another replica has it.</summary>
    public IAccountStore Elsewhere { get; } = harness.Another().Accounts;

    public DateTimeOffset Now => harness.Time.GetUtcNow();

    public static Account NewAccount(string? email = null) => new()
    {
        Id = Guid.CreateVersion7(), Email = email ?? $"A.{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "hash",
        CreatedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    public AuditLine Line(string action = AuditActions.ProjectChanged, Guid? by = null) => new(new Actor(by), action, Now);

    /// <summary>An account that owns a new tenant.</summary>
    public async Task<(Account Owner, Guid TenantId)> TenantAsync(PlanId plan = PlanId.Business)
    {
        var owner = NewAccount();
        var tenantId = Guid.CreateVersion7();
        Assert.Equal(
            SignUpOutcome.Created,
            await Accounts.Accounts.CreateAsync(owner, new Admission.OwnTenant(tenantId, "Ada's", plan, null, Now), default));
        return (owner, tenantId);
    }

    public async Task<(Invitation Invitation, byte[] Hash)> InviteAsync(
        Guid tenantId, string email, Role role = Role.Member, Guid? by = null)
    {
        var hash = SecretToken.Hash(SecretToken.Generate());
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(), TenantId = tenantId, TenantName = "Ada's", Email = email,
            InvitedBy = by ?? (await Accounts.Members.ListAsync(tenantId, default))[0].AccountId, Role = role, CreatedAt = Now,
            ExpiresAt = Now.AddDays(7),
        };
        Assert.Null(await Accounts.Invitations.AddAsync(invitation, hash, _ => null, null, Line(AuditActions.MemberInvited), default));
        return (invitation, hash);
    }

    public async Task<Account> MemberAsync(Guid tenantId, Role role)
    {
        var account = NewAccount();
        var (_, hash) = await InviteAsync(tenantId, account.Email, role);
        Assert.Equal(SignUpOutcome.Created, await Accounts.Accounts.CreateAsync(account, new Admission.Invited(hash, Now), default));
        return account;
    }

    /// <summary>A new API token of a member.</summary>
    public async Task<(ApiToken Token, byte[] Hash)> AddTokenAsync(Guid tenantId, Account account)
    {
        var hash = SecretToken.Hash(ApiTokenText.Generate());
        var token = new ApiToken
        {
            Id = Guid.CreateVersion7(), TenantId = tenantId, AccountId = account.Id, Name = "ci", Shown = "tk_pat_abcd",
            Scopes = TokenScopes.StatsRead | TokenScopes.AuditRead, CreatedAt = Now, ExpiresAt = Now.AddDays(1),
        };
        Assert.True(await Accounts.ApiTokens.AddAsync(token, hash, Line(AuditActions.TokenCreated, account.Id), default));
        return (token, hash);
    }

    /// <summary>A waiting mail of a request for a link that sets the account's password.</summary>
    public async Task<WaitingMail> ResetMailAsync(Account account)
    {
        var mail = new WaitingMail
        {
            Id = Guid.CreateVersion7(), Kind = WaitingMail.PasswordReset, To = EmailAddress.OfStored(account.Email), Data = "{}",
            CreatedAt = Now, ExpiresAt = Now + Limits.PasswordResetAge,
        };
        Assert.True(await Accounts.Mails.AddAsync(mail, default));
        return mail;
    }

    /// <summary>A link that sets the account's password, as its mail contains it.</summary>
    public async Task<byte[]> ResetLinkAsync(Account account)
    {
        var (token, _) = OneTimeToken.Issue(TokenPurpose.PasswordReset, account, "data", Now);
        Assert.True(await Accounts.OneTimeTokens.AddAsync(token with { MailId = (await ResetMailAsync(account)).Id }, default));
        return token.Hash;
    }

    public async Task<ProjectInfo> ProjectAsync(Guid tenantId, string? name = null, Guid? by = null)
    {
        var project = new ProjectInfo
        {
            Id = Guid.CreateVersion7(), TenantId = tenantId, Name = name ?? $"p{Guid.NewGuid():N}", CreatedAt = Now, Settings = new(),
        };
        Assert.Equal(
            default,
            await Accounts.Projects.CreateAsync(project, new byte[32], _ => null, Line(AuditActions.ProjectCreated, by), default));
        return project;
    }

    public NewKey NewKey(Guid projectId, KeyKind kind = KeyKind.Live)
    {
        var text = ApiKey.Generate(kind);
        return new NewKey(Guid.CreateVersion7(), projectId, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], Now);
    }

    public async Task<NewKey> KeyAsync(Guid projectId, KeyKind kind = KeyKind.Live)
    {
        var key = NewKey(projectId, kind);
        Assert.True(await Keys.AddAsync(key, Line(AuditActions.KeyCreated), default));
        return key;
    }
}
