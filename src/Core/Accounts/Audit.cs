namespace TelemetryKit.Core.Accounts;

/// <summary>The stable words for what the audit log tells.</summary>
public static class AuditActions
{
    /// <summary>A tenant began.</summary>
    public const string TenantCreated = "tenant.created";

    /// <summary>A tenant got another name.</summary>
    public const string TenantRenamed = "tenant.renamed";

    /// <summary>The operator changed the plan or its limits.</summary>
    public const string PlanChanged = "plan.changed";

    /// <summary>Somebody was invited.</summary>
    public const string MemberInvited = "member.invited";

    /// <summary>An invitation was taken back.</summary>
    public const string InvitationRevoked = "invitation.revoked";

    /// <summary>Somebody accepted an invitation.</summary>
    public const string MemberJoined = "member.joined";

    /// <summary>A member's role changed.</summary>
    public const string RoleChanged = "member.role_changed";

    /// <summary>A member was removed.</summary>
    public const string MemberRemoved = "member.removed";

    /// <summary>A member left.</summary>
    public const string MemberLeft = "member.left";

    /// <summary>The tenant has another owner.</summary>
    public const string HandedOver = "ownership.handed_over";

    /// <summary>A project was made.</summary>
    public const string ProjectCreated = "project.created";

    /// <summary>A project's name or settings changed.</summary>
    public const string ProjectChanged = "project.changed";

    /// <summary>A project was deleted.</summary>
    public const string ProjectDeleted = "project.deleted";

    /// <summary>A project's test environment was emptied.</summary>
    public const string TestReset = "test.reset";

    /// <summary>A key was made.</summary>
    public const string KeyCreated = "key.created";

    /// <summary>A key was replaced by another, and ends soon.</summary>
    public const string KeyRotated = "key.rotated";

    /// <summary>A key was revoked.</summary>
    public const string KeyRevoked = "key.revoked";

    /// <summary>An API token was made.</summary>
    public const string TokenCreated = "token.created";

    /// <summary>An API token was revoked.</summary>
    public const string TokenRevoked = "token.revoked";

    /// <summary>The audit log was exported.</summary>
    public const string AuditExported = "audit.exported";
}

/// <summary>Who did something: a person, or the operator.</summary>
/// <param name="AccountId">The account; <c>null</c> for the operator.</param>
/// <param name="TokenId">The API token they did it with; <c>null</c> where they were signed in.</param>
public readonly record struct Actor(Guid? AccountId, Guid? TokenId = null)
{
    /// <summary>The operator of the server.</summary>
    public static Actor Operator => default;
}

/// <summary>A line to be written into a tenant's audit log, in the transaction that does what it tells.</summary>
/// <param name="By">Who.</param>
/// <param name="Action">What: one of <see cref="AuditActions"/>.</param>
/// <param name="At">When.</param>
/// <param name="Target">To what: an id, or an address that was invited.</param>
/// <param name="Detail">What changed, in a few words; never a secret.</param>
public sealed record AuditLine(Actor By, string Action, DateTimeOffset At, string? Target = null, string? Detail = null);

/// <summary>A line of a tenant's audit log.</summary>
public sealed record AuditEntry
{
    /// <summary>UUIDv7: the log's order.</summary>
    public required Guid Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who; <c>null</c> for the operator.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>Their address; <c>null</c> for the operator, and for an account that has been deleted since.</summary>
    public string? Email { get; init; }

    /// <summary>The API token they did it with.</summary>
    public Guid? TokenId { get; init; }

    /// <summary>What.</summary>
    public required string Action { get; init; }

    /// <summary>To what.</summary>
    public string? Target { get; init; }

    /// <summary>What changed.</summary>
    public string? Detail { get; init; }
}
