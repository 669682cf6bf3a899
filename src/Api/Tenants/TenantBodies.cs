using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Api.Tenants;

/// <summary>A plan and its limits. A limit of null means no limit.</summary>
/// <param name="Plan">The code of the plan.</param>
/// <param name="MonthlyPriceUsd">The price in US dollars per month; null if there is no fixed price.</param>
/// <param name="YearlyPriceUsd">The price in US dollars per year, if it is paid yearly; null if there is no fixed price.</param>
/// <param name="OverageUsdPerThousand">
/// The price in US dollars of 1,000 events above those of the month; null if such events are always refused, or have no fixed price.
/// </param>
/// <param name="EventsPerMonth">Live events per UTC calendar month.</param>
/// <param name="TestEventsPerMonth">Events of the test environment per UTC calendar month.</param>
/// <param name="KeptDays">The number of days that data is kept.</param>
/// <param name="Members">The maximum number of members.</param>
/// <param name="Projects">The maximum number of projects.</param>
/// <param name="Features">The features that the plan includes.</param>
internal sealed record PlanBody(
    string Plan,
    decimal? MonthlyPriceUsd,
    decimal? YearlyPriceUsd,
    decimal? OverageUsdPerThousand,
    long? EventsPerMonth,
    long? TestEventsPerMonth,
    int? KeptDays,
    int? Members,
    int? Projects,
    IReadOnlyList<string> Features)
{
    private const decimal CentsPerUsd = 100;
    private const int MonthsPerYear = 12;

    /// <summary>Creates the body from a plan.</summary>
    public static PlanBody Of(Plan plan)
    {
        var isSold = PlanPrices.Sold.Contains(plan.Id);
        return new(
            plan.Code, plan.MonthlyPriceUsd,
            isSold ? PlanPrices.CentsOf(plan.Id, BillingInterval.Year) / CentsPerUsd : plan.MonthlyPriceUsd * MonthsPerYear,
            isSold ? PlanPrices.OverageCentsPerThousand(plan.Id) / CentsPerUsd : null,
            plan.EventsPerMonth, plan.TestEventsPerMonth, plan.KeptDays, plan.Members, plan.Projects, FeaturesOf(plan));
    }

    /// <summary>Returns the codes of the plan's features.</summary>
    public static IReadOnlyList<string> FeaturesOf(Plan plan) =>
        [.. Enum.GetValues<Feature>().Where(feature => feature != Feature.None && plan.Has(feature)).Select(PlanGate.NameOf)];
}

/// <summary>The plans of the hosted service.</summary>
/// <param name="Plans">The plans, smallest first.</param>
internal sealed record PlansBody(IReadOnlyList<PlanBody> Plans);

/// <summary>A tenant with its plan and its effective limits.</summary>
/// <param name="Id">The id of the tenant.</param>
/// <param name="Name">The name of the tenant.</param>
/// <param name="CreatedAt">When the tenant was created.</param>
/// <param name="Role">The role of the caller; null for the operator.</param>
/// <param name="Suspended">Whether the caller is suspended, because the tenant has more members than its plan allows.</param>
/// <param name="Plan">The plan of the tenant.</param>
/// <param name="EventsPerMonth">Live events per UTC calendar month; null if there is no limit.</param>
/// <param name="KeptDays">The number of days that data is kept; null if it is kept without limit.</param>
/// <param name="Members">The maximum number of members; null if there is no limit.</param>
/// <param name="Projects">The maximum number of projects; null if there is no limit.</param>
/// <param name="Features">The features that the plan includes.</param>
internal sealed record TenantBody(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    string? Role,
    bool Suspended,
    string Plan,
    long? EventsPerMonth,
    int? KeptDays,
    int? Members,
    int? Projects,
    IReadOnlyList<string> Features)
{
    /// <summary>Creates the body for a member.</summary>
    public static TenantBody Of(Membership membership) => Of(membership.Tenant, membership.Role, membership.IsSuspended);

    /// <summary>Creates the body for a member, or for the operator if <paramref name="role"/> is <c>null</c>.</summary>
    public static TenantBody Of(Tenant tenant, Role? role, bool isSuspended = false)
    {
        var plan = tenant.Plan;
        return new(
            tenant.Id, tenant.Name, tenant.CreatedAt, role?.Code(), isSuspended, plan.Plan.Code,
            plan.EventsPerMonth, plan.KeptDays, plan.Members, plan.Projects, PlanBody.FeaturesOf(plan.Plan));
    }
}

/// <summary>A list of tenants.</summary>
/// <param name="Tenants">The tenants.</param>
/// <param name="Next">For the operator: the value of <c>after</c> for the next page; null on the last page.</param>
internal sealed record TenantsBody(IReadOnlyList<TenantBody> Tenants, Guid? Next = null);

/// <summary>A member of a tenant.</summary>
/// <param name="AccountId">The id of the account.</param>
/// <param name="Name">The display name.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Role">The role of the member.</param>
/// <param name="Suspended">Whether the member is suspended, because the tenant has more members than its plan allows.</param>
/// <param name="JoinedAt">When the member joined.</param>
/// <param name="TotpEnabled">Whether the member has enabled the second factor.</param>
internal sealed record MemberBody(
    Guid AccountId, string Name, string Email, string Role, bool Suspended, DateTimeOffset JoinedAt, bool TotpEnabled);

/// <summary>The members of a tenant.</summary>
/// <param name="Members">The members, the owner first.</param>
internal sealed record MembersBody(IReadOnlyList<MemberBody> Members);

/// <summary>A role.</summary>
/// <param name="Role"><c>viewer</c>, <c>member</c> or <c>admin</c>.</param>
internal sealed record RoleBody(string? Role);

/// <summary>A new invitation.</summary>
/// <param name="Email">The e-mail address of the person to invite.</param>
/// <param name="Role">The role after joining: <c>viewer</c>, <c>member</c> or <c>admin</c>.</param>
internal sealed record InviteBody(string? Email, string? Role);

/// <summary>An open invitation.</summary>
/// <param name="Id">The id of the invitation.</param>
/// <param name="Email">The e-mail address of the invited person.</param>
/// <param name="Role">The role after joining.</param>
/// <param name="CreatedAt">When the invitation was created.</param>
/// <param name="ExpiresAt">When the invitation expires.</param>
internal sealed record InvitationBody(Guid Id, string Email, string Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Creates the body from a stored invitation.</summary>
    public static InvitationBody Of(Invitation invitation) =>
        new(invitation.Id, invitation.Email, invitation.Role.Code(), invitation.CreatedAt, invitation.ExpiresAt);
}

/// <summary>The open invitations of a tenant.</summary>
/// <param name="Invitations">The invitations, newest first.</param>
internal sealed record InvitationsBody(IReadOnlyList<InvitationBody> Invitations);

/// <summary>A transfer of a tenant.</summary>
/// <param name="AccountId">The account of the member that becomes the owner.</param>
/// <param name="Password">The current password of the owner.</param>
internal sealed record HandOverBody(Guid? AccountId, string? Password = null);
