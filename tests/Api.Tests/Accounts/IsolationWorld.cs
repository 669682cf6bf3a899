using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Two tenants with everything in them, made in the store. What a request could destroy is made anew for it.</summary>
internal sealed class IsolationWorld(AccountServer server)
{
    private static readonly Lazy<string> Hash = new(() =>
        new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }))
        .HashPassword(new(), Person.Password));

    private readonly IAccountStore _store = server.Accounts;
    private readonly Dictionary<string, Account> _accounts = [];
    private readonly Dictionary<string, string> _bearers = [];

    public Guid Tenant { get; } = Guid.CreateVersion7();

    public Guid Project { get; private set; }

    /// <summary>Ids, addresses and keys that only members and keys of the tenant may see.</summary>
    public IEnumerable<string> Secrets =>
        _accounts.Where(account => account.Key != "stranger").SelectMany(account => SecretsOf(account.Value))
            .Concat([Tenant.ToString(), Project.ToString()])
            .Concat(_bearers.Where(bearer => !IsOfStranger(bearer.Key)).Select(bearer => bearer.Value));

    /// <summary>The same of the stranger and of the stranger's tenant.</summary>
    public IEnumerable<string> StrangerSecrets =>
        SecretsOf(_accounts["stranger"]).Concat(_bearers.Where(bearer => IsOfStranger(bearer.Key)).Select(bearer => bearer.Value));

    /// <summary>The keys and tokens of all.</summary>
    public IEnumerable<string> Bearers => _bearers.Values;

    /// <summary>The address of a member.</summary>
    public string AnyEmail => _accounts["member"].Email;

    private DateTimeOffset Now => server.Time.GetUtcNow();

    private AuditLine Line => new(Actor.Operator, AuditActions.TenantCreated, Now);

    public async Task<IsolationWorld> BuildAsync()
    {
        _accounts["owner"] = await OwnerAsync(Tenant);
        foreach (var role in (Role[])[Role.Viewer, Role.Member, Role.Admin])
            _accounts[role.Code()] = await MemberAsync(role);
        Project = await NewProjectAsync(Tenant);
        var elsewhere = Guid.CreateVersion7();
        _accounts["stranger"] = await OwnerAsync(elsewhere);
        _accounts["half signed in"] = _accounts["owner"];
        (_bearers["owner's token"], _) = await TokenAsync(Tenant, _accounts["owner"]);
        (_bearers["stranger's token"], _) = await TokenAsync(elsewhere, _accounts["stranger"]);
        _bearers["read key"] = (await NewKeyAsync(Project, KeyKind.Read)).Text;
        _bearers["live key"] = (await NewKeyAsync(Project, KeyKind.Live)).Text;
        var foreign = await NewProjectAsync(elsewhere);
        _bearers["foreign read key"] = (await NewKeyAsync(foreign, KeyKind.Read)).Text;
        _bearers["foreign live key"] = (await NewKeyAsync(foreign, KeyKind.Live)).Text;
        var (revoked, id) = await NewKeyAsync(Project, KeyKind.Live);
        await server.Server.Store.Keys.RevokeAsync(Project, id, Line, default);
        _bearers["revoked key"] = revoked;
        return this;
    }

    /// <summary>The key or token of a caller; <c>null</c> where they have none.</summary>
    public string? BearerOf(string caller) => _bearers.GetValueOrDefault(caller);

    /// <summary>A caller's own session, begun for one request; <c>null</c> where they have none.</summary>
    public async Task<string?> SessionOfAsync(string caller)
    {
        return _accounts.TryGetValue(caller, out var account)
            ? (await BeginAsync(account, awaitsSecondFactor: caller == "half signed in")).Token : null;
    }

    /// <summary>The ids of a session and of a token that a caller has besides those that it uses; <c>null</c> without an account.</summary>
    public async Task<(Guid Session, Guid Token)?> OwnAsync(string caller)
    {
        if (!_accounts.TryGetValue(caller, out var account) || caller == "stranger")
            return null;
        return ((await BeginAsync(account, awaitsSecondFactor: false)).Id, (await TokenAsync(Tenant, account)).Id);
    }

    /// <summary>The id that a parameter of a path stands for: one that belongs to the tenant, and may be destroyed.</summary>
    public async Task<(Guid Project, Guid Id)> TargetAsync(string parameter, string route)
    {
        var project = route == "DELETE /v1/projects/{project}" ? await NewProjectAsync(Tenant) : Project;
        return (project, parameter switch
        {
            "tenant" => Tenant,
            "project" => project,
            "key" => (await NewKeyAsync(project, KeyKind.Test)).Id,
            "account" => (await MemberAsync(Role.Viewer)).Id,
            "invitation" => (await InviteAsync($"{Guid.NewGuid():N}@example.org", Role.Viewer)).Id,
            "session" => await AnySessionAsync(),
            "token" => await AnyTokenAsync(),
            // Anybody who knows an id reads the receipt, so the id is one that nobody knows.
            "erasure" => Guid.NewGuid(),
            // Likewise the name of a public page.
            "name" => Guid.NewGuid(),
            _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "is unknown here: say what it stands for"),
        });
    }

    // Belongs to an account that sends no requests, so that it is foreign to all callers.
    private async Task<Guid> AnySessionAsync()
    {
        var account = await MemberAsync(Role.Viewer);
        return (await BeginAsync(account, awaitsSecondFactor: false)).Id;
    }

    private async Task<Guid> AnyTokenAsync()
    {
        var account = await MemberAsync(Role.Member);
        return (await TokenAsync(Tenant, account)).Id;
    }

    private async Task<(string Token, Guid Id)> BeginAsync(Account account, bool awaitsSecondFactor)
    {
        var token = SecretToken.Generate();
        var session = new Session
        {
            Id = Guid.CreateVersion7(), AccountId = account.Id, AwaitsSecondFactor = awaitsSecondFactor, Device = "test", CreatedAt = Now,
            LastSeenAt = Now, ExpiresAt = Now + Limits.SessionAge,
        };
        await _store.Sessions.BeginAsync(SecretToken.Hash(token), session, account.CredentialsVersion, null, default);
        return (token, session.Id);
    }

    private static IEnumerable<string> SecretsOf(Account account) => [account.Id.ToString(), account.Email];

    private static bool IsOfStranger(string bearer) => bearer is "stranger's token" or "foreign read key" or "foreign live key";

    private static Account NewAccount(DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Somebody", PasswordHash = Hash.Value,
            CreatedAt = now,
        };

    private async Task<Account> OwnerAsync(Guid tenant)
    {
        var account = NewAccount(Now);
        Assert.Equal(
            SignUpOutcome.Created,
            await _store.Accounts.CreateAsync(account, new Admission.OwnTenant(tenant, "A tenant", PlanId.Enterprise, null, Now), default));
        return account;
    }

    private async Task<Account> MemberAsync(Role role)
    {
        var account = NewAccount(Now);
        var (_, hash) = await InviteAsync(account.Email, role);
        Assert.Equal(SignUpOutcome.Created, await _store.Accounts.CreateAsync(account, new Admission.Invited(hash, Now), default));
        return account;
    }

    private async Task<(Guid Id, byte[] Hash)> InviteAsync(string email, Role role)
    {
        var (id, hash) = (Guid.CreateVersion7(), SecretToken.Hash(SecretToken.Generate()));
        var invitation = new Invitation
        {
            Id = id, TenantId = Tenant, TenantName = "A tenant", Email = email,
            InvitedBy = _accounts["owner"].Id, Role = role, CreatedAt = Now, ExpiresAt = Now.AddDays(7),
        };
        Assert.Null(await _store.Invitations.AddAsync(invitation, hash, _ => null, null, Line, default));
        return (id, hash);
    }

    private async Task<Guid> NewProjectAsync(Guid tenant)
    {
        var project = new ProjectInfo
        {
            Id = Guid.CreateVersion7(), TenantId = tenant, Name = Guid.NewGuid().ToString("N"), CreatedAt = Now, Settings = new(),
        };
        Assert.Equal(default, await _store.Projects.CreateAsync(project, new byte[32], _ => null, Line, default));
        return project.Id;
    }

    /// <summary>Adds an erasure that a user of the project asked for.</summary>
    public async Task<Guid> AddErasureAsync()
    {
        var erasure = new Erasure { Id = Guid.NewGuid(), ProjectId = Project, AskedAt = Now };
        return (await _store.Erasures.AddAsync(erasure, Random.Shared.NextInt64(), default)).Id;
    }

    private async Task<(string Text, Guid Id)> NewKeyAsync(Guid project, KeyKind kind)
    {
        var text = ApiKey.Generate(kind);
        var key = new NewKey(Guid.CreateVersion7(), project, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], Now);
        Assert.True(await server.Server.Store.Keys.AddAsync(key, Line, default));
        return (text, key.KeyId);
    }

    private async Task<(string Text, Guid Id)> TokenAsync(Guid tenant, Account account)
    {
        var text = ApiTokenText.Generate();
        var token = new ApiToken
        {
            Id = Guid.CreateVersion7(), TenantId = tenant, AccountId = account.Id, Name = "t", Shown = text[..ApiTokenText.ShownLength],
            Scopes = TokenScopeRules.TryParse(TokenScopeRules.AllCodes)!.Value, CreatedAt = Now, ExpiresAt = Now + Limits.ApiTokenAge,
        };
        Assert.True(await _store.ApiTokens.AddAsync(token, ApiTokenText.TryHash(text)!, Line, default));
        return (text, token.Id);
    }
}
