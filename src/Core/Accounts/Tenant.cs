using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Accounts;

/// <summary>A customer: members, a plan, a quota, projects.</summary>
public sealed record Tenant
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name its members gave it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The plan.</summary>
    public required PlanId PlanId { get; init; }

    /// <summary>Live events a month that the operator set for it.</summary>
    public long? CustomEventsPerMonth { get; init; }

    /// <summary>Days kept that the operator set for it.</summary>
    public int? CustomKeptDays { get; init; }

    /// <summary>Members that the operator set for it.</summary>
    public int? CustomMembers { get; init; }

    /// <summary>Projects that the operator set for it.</summary>
    public int? CustomProjects { get; init; }

    /// <summary>When its plan last came to keep fewer days than before; <c>null</c> where that never happened or is over.</summary>
    public DateTimeOffset? DowngradedAt { get; init; }

    /// <summary>The days that were kept before <see cref="DowngradedAt"/>; <c>null</c> where for good.</summary>
    public int? KeptDaysBefore { get; init; }

    /// <summary>When its owner was told by e-mail that older data will go; the notice's days count from here.</summary>
    public DateTimeOffset? DowngradeNoticeAt { get; init; }

    /// <summary>Its plan and limits.</summary>
    public TenantPlan Plan => new(PlanTable.Of(PlanId), new(CustomEventsPerMonth, CustomKeptDays, CustomMembers, CustomProjects));

    /// <summary>
    /// The tenant's part of <c>RetentionRule</c>: the days of the plan, except that after a downgrade the former days apply until the owner
    /// received the notice <see cref="Limits.DowngradeNotice"/> ago. <c>null</c> if data is kept forever.
    /// </summary>
    public int? KeptDaysAt(DateTimeOffset now)
    {
        var notYet = DowngradedAt is not null && (DowngradeNoticeAt is not { } told || now < told + Limits.DowngradeNotice);
        return notYet ? KeptDaysBefore : Plan.KeptDays;
    }

    /// <summary>
    /// The tenant with another plan. Where that keeps fewer days than are kept now, the owner must be told first; where it keeps as many, a notice that was under way is void.
    /// </summary>
    public Tenant WithPlan(PlanId planId, CustomLimits custom, DateTimeOffset now)
    {
        var (keptNow, kept) = (KeptDaysAt(now), new TenantPlan(PlanTable.Of(planId), custom).KeptDays);
        var keepsFewer = kept is not null && (keptNow is null || kept < keptNow);
        // A downgrade of a downgrade has its own notice: the days that the owner was told of were other days.
        var sameAsBefore = keepsFewer && DowngradedAt is not null && kept == Plan.KeptDays;
        return this with
        {
            PlanId = planId,
            CustomEventsPerMonth = custom.EventsPerMonth,
            CustomKeptDays = custom.KeptDays,
            CustomMembers = custom.Members,
            CustomProjects = custom.Projects,
            DowngradedAt = sameAsBefore ? DowngradedAt : keepsFewer ? now : null,
            KeptDaysBefore = keepsFewer ? keptNow : null,
            DowngradeNoticeAt = sameAsBefore ? DowngradeNoticeAt : null,
        };
    }
}

/// <summary>A tenant as one of its members sees it.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Role">What they are in it.</param>
public sealed record Membership(Tenant Tenant, Role Role);

/// <summary>A person in a tenant.</summary>
public sealed record Member
{
    /// <summary>The account.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its address.</summary>
    public required string Email { get; init; }

    /// <summary>What they are.</summary>
    public required Role Role { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>Whether they sign in with a second factor.</summary>
    public required bool HasTotp { get; init; }
}

/// <summary>An open invitation.</summary>
public sealed record Invitation
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Into which tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The tenant's name.</summary>
    public required string TenantName { get; init; }

    /// <summary>Who is invited: only the account of this address can accept.</summary>
    public required string Email { get; init; }

    /// <summary>As what.</summary>
    public required Role Role { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
