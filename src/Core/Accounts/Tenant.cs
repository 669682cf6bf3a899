using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Accounts;

/// <summary>A customer, with members, a plan, quotas and projects.</summary>
public sealed record Tenant
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The plan.</summary>
    public required PlanId PlanId { get; init; }

    /// <summary>The operator's limit of live events per month, or <c>null</c> for that of the plan.</summary>
    public long? CustomEventsPerMonth { get; init; }

    /// <summary>The operator's limit of kept days, or <c>null</c> for that of the plan.</summary>
    public int? CustomKeptDays { get; init; }

    /// <summary>The operator's limit of members, or <c>null</c> for that of the plan.</summary>
    public int? CustomMembers { get; init; }

    /// <summary>The operator's limit of projects, or <c>null</c> for that of the plan.</summary>
    public int? CustomProjects { get; init; }

    /// <summary>When a change of the plan last reduced the kept days, or <c>null</c> if that never happened or no longer applies.</summary>
    public DateTimeOffset? DowngradedAt { get; init; }

    /// <summary>The days that were kept before <see cref="DowngradedAt"/>, or <c>null</c> if data was kept forever.</summary>
    public int? KeptDaysBefore { get; init; }

    /// <summary>When the owner was notified by e-mail that older data will be deleted. The period of notice starts here.</summary>
    public DateTimeOffset? DowngradeNoticeAt { get; init; }

    /// <summary>Whether the operator set the plan, so that a subscription doesn't change it.</summary>
    public bool PlanByOperator { get; init; }

    /// <summary>Live events above the quota that are accepted in a month and billed, or <c>null</c> if none are.</summary>
    public long? OverageEvents { get; init; }

    /// <summary>
    /// The month (<see cref="QuotaMonth.Number"/>) in which the interim values apply instead of the quota of the plan and
    /// <see cref="OverageEvents"/>, because the subscription changed in it; <c>null</c> if there is none.
    /// </summary>
    public int? InterimMonth { get; init; }

    /// <summary>The quota in the interim month, or <c>null</c> if there is no limit.</summary>
    public long? InterimQuota { get; init; }

    /// <summary>Like <see cref="OverageEvents"/>, in the interim month.</summary>
    public long? InterimOverage { get; init; }

    /// <summary>Its plan and limits.</summary>
    public TenantPlan Plan => new(PlanTable.Of(PlanId), new(CustomEventsPerMonth, CustomKeptDays, CustomMembers, CustomProjects));

    /// <summary>Returns the limits of live events in a month.</summary>
    public MonthLimits LimitsIn(QuotaMonth month) =>
        InterimMonth == month.Number ? new(InterimQuota, InterimOverage) : new(Plan.EventsPerMonth, OverageEvents);

    /// <summary>
    /// The tenant's part of <c>RetentionRule</c>: the days of the plan, except that after a downgrade the former days apply until the owner
    /// received the notice <see cref="Limits.DowngradeNotice"/> ago. Returns <c>null</c> if data is kept forever.
    /// </summary>
    public int? KeptDaysAt(DateTimeOffset now)
    {
        var isPending = DowngradedAt is not null && (DowngradeNoticeAt is not { } noticeAt || now < noticeAt + Limits.DowngradeNotice);
        return isPending ? KeptDaysBefore : Plan.KeptDays;
    }

    /// <summary>
    /// Returns the tenant with another plan. If it keeps fewer days than are kept now, the owner must be notified first. If it keeps as
    /// many, a pending notice is void.
    /// </summary>
    public Tenant WithPlan(PlanId planId, CustomLimits custom, DateTimeOffset now)
    {
        var (keptNow, kept) = (KeptDaysAt(now), new TenantPlan(PlanTable.Of(planId), custom).KeptDays);
        var keepsFewer = kept is not null && (keptNow is null || kept < keptNow);
        // A further downgrade has its own notice, because the first one named other days.
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

/// <summary>The membership of an account in a tenant.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Role">The role of the account.</param>
/// <param name="IsSuspended">Whether the tenant has more members than its plan allows, and this is one of the newest.</param>
public sealed record Membership(Tenant Tenant, Role Role, bool IsSuspended = false);

/// <summary>A member of a tenant.</summary>
public sealed record Member
{
    /// <summary>The account.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>The name of the account.</summary>
    public required string Name { get; init; }

    /// <summary>The address of the account.</summary>
    public required string Email { get; init; }

    /// <summary>The role.</summary>
    public required Role Role { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>When the member was suspended, or <c>null</c>. See <see cref="Membership.IsSuspended"/>.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>Whether the member is suspended.</summary>
    public bool IsSuspended => SuspendedAt is not null;

    /// <summary>Whether the account has a second factor.</summary>
    public required bool HasTotp { get; init; }
}

/// <summary>An open invitation.</summary>
public sealed record Invitation
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The tenant's name.</summary>
    public required string TenantName { get; init; }

    /// <summary>The invited address. Only the account with this address can accept.</summary>
    public required string Email { get; init; }

    /// <summary>The member who sent it. It can be accepted only while that member may give the role.</summary>
    public required Guid InvitedBy { get; init; }

    /// <summary>The role after joining.</summary>
    public required Role Role { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
