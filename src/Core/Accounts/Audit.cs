namespace TelemetryKit.Core.Accounts;

/// <summary>The stable codes of the actions in the audit log.</summary>
public static class AuditActions
{
    /// <summary>A tenant was created.</summary>
    public const string TenantCreated = "tenant.created";

    /// <summary>A tenant was renamed.</summary>
    public const string TenantRenamed = "tenant.renamed";

    /// <summary>The operator changed the plan or its limits.</summary>
    public const string PlanChanged = "plan.changed";

    /// <summary>A subscription changed the plan.</summary>
    public const string PlanBilled = "plan.billed";

    /// <summary>The operator ended the own plan of a tenant, which has that of its subscription from then on.</summary>
    public const string PlanLifted = "plan.lifted";

    /// <summary>The owner allowed or refused events above the quota.</summary>
    public const string OverageChanged = "overage.changed";

    /// <summary>A person was invited.</summary>
    public const string MemberInvited = "member.invited";

    /// <summary>An invitation was revoked.</summary>
    public const string InvitationRevoked = "invitation.revoked";

    /// <summary>An invitation was accepted.</summary>
    public const string MemberJoined = "member.joined";

    /// <summary>A member's role changed.</summary>
    public const string RoleChanged = "member.role_changed";

    /// <summary>A member was removed.</summary>
    public const string MemberRemoved = "member.removed";

    /// <summary>A member left.</summary>
    public const string MemberLeft = "member.left";

    /// <summary>The ownership of the tenant was transferred.</summary>
    public const string HandedOver = "ownership.handed_over";

    /// <summary>A project was created.</summary>
    public const string ProjectCreated = "project.created";

    /// <summary>A project's name or settings changed.</summary>
    public const string ProjectChanged = "project.changed";

    /// <summary>A project was deleted.</summary>
    public const string ProjectDeleted = "project.deleted";

    /// <summary>The data of a project's test environment was deleted.</summary>
    public const string TestReset = "test.reset";

    /// <summary>The data of an install was erased. Neither its id nor its hash is recorded.</summary>
    public const string InstallErased = "install.erased";

    /// <summary>The data of an install was erased because its user asked for it. Neither its id nor its hash is recorded.</summary>
    public const string InstallErasedByUser = "install.erased_by_user";

    /// <summary>A key was created.</summary>
    public const string KeyCreated = "key.created";

    /// <summary>A key was replaced by a new one and expires soon.</summary>
    public const string KeyRotated = "key.rotated";

    /// <summary>A key was revoked.</summary>
    public const string KeyRevoked = "key.revoked";

    /// <summary>An API token was created.</summary>
    public const string TokenCreated = "token.created";

    /// <summary>A project was shared, or its public page was changed.</summary>
    public const string ProjectShared = "project.shared";

    /// <summary>The public page of a project was removed.</summary>
    public const string ShareRemoved = "project.share_removed";

    /// <summary>An API token was revoked.</summary>
    public const string TokenRevoked = "token.revoked";

    /// <summary>The audit log was exported.</summary>
    public const string AuditExported = "audit.exported";

    /// <summary>Events or a statistic of a project were exported.</summary>
    public const string DataExported = "data.exported";
}

/// <summary>The author of an action: an account or the operator.</summary>
/// <param name="AccountId">
/// The account, or <c>null</c> for the operator, a subscription and a read key, which belong to nobody.
/// </param>
/// <param name="TokenId">The API token that was used, or <c>null</c> if it was a session.</param>
public readonly record struct Actor(Guid? AccountId, Guid? TokenId = null)
{
    /// <summary>The operator of the server.</summary>
    public static Actor Operator => default;

    /// <summary>The subscription of a tenant. No account is the author of what follows from it.</summary>
    public static Actor Subscription => default;
}

/// <summary>A new entry for a tenant's audit log. It is stored in the transaction of the action itself.</summary>
/// <param name="By">The author of the action.</param>
/// <param name="Action">The action: one of <see cref="AuditActions"/>.</param>
/// <param name="At">The time of the action.</param>
/// <param name="Target">The id of the object of the action.</param>
/// <param name="Detail">A short description of the change, without secrets.</param>
public sealed record AuditLine(Actor By, string Action, DateTimeOffset At, string? Target = null, string? Detail = null);

/// <summary>An entry of a tenant's audit log.</summary>
public sealed record AuditEntry
{
    /// <summary>UUIDv7, which orders the log.</summary>
    public required Guid Id { get; init; }

    /// <summary>The time of the action.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The account, or <c>null</c> for the operator.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>The account's address, or <c>null</c> for the operator and for a deleted account.</summary>
    public string? Email { get; init; }

    /// <summary>The API token that was used, or <c>null</c> if none was.</summary>
    public Guid? TokenId { get; init; }

    /// <summary>The action: one of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The object of the action.</summary>
    public string? Target { get; init; }

    /// <summary>A description of the change.</summary>
    public string? Detail { get; init; }
}
