using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Tenants;

/// <summary>What a plan allows. Limits that are null don't restrict.</summary>
/// <param name="Plan">The plan's word.</param>
/// <param name="MonthlyPriceUsd">US dollars a month; null where it has no fixed price.</param>
/// <param name="EventsPerMonth">Live events in a UTC calendar month.</param>
/// <param name="TestEventsPerMonth">Events of the test environment in a UTC calendar month.</param>
/// <param name="KeptDays">Days that data is kept.</param>
/// <param name="Members">People.</param>
/// <param name="Projects">Projects.</param>
/// <param name="Features">What else it has.</param>
internal sealed record PlanBody(
    string Plan, decimal? MonthlyPriceUsd, long? EventsPerMonth, long? TestEventsPerMonth, int? KeptDays, int? Members, int? Projects, IReadOnlyList<string> Features)
{
    /// <summary>From the table.</summary>
    public static PlanBody Of(Plan plan) =>
        new(plan.Code, plan.MonthlyPriceUsd, plan.EventsPerMonth, plan.TestEventsPerMonth, plan.KeptDays, plan.Members, plan.Projects, FeaturesOf(plan));

    /// <summary>The plan's features as words.</summary>
    public static IReadOnlyList<string> FeaturesOf(Plan plan) =>
        [.. Enum.GetValues<Feature>().Where(feature => feature != Feature.None && plan.Has(feature)).Select(PlanGate.NameOf)];
}

/// <summary>The plans on offer.</summary>
/// <param name="Plans">Smallest first.</param>
internal sealed record PlansBody(IReadOnlyList<PlanBody> Plans);

/// <summary>A tenant with its plan and the limits it really has.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Since when it is there.</param>
/// <param name="Role">What the caller is in it; null for the operator.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="EventsPerMonth">Live events in a UTC calendar month; null where there is no limit.</param>
/// <param name="KeptDays">Days that data is kept; null where for good.</param>
/// <param name="Members">Most people; null where there is no limit.</param>
/// <param name="Projects">Most projects; null where there is no limit.</param>
/// <param name="Features">What else its plan has.</param>
internal sealed record TenantBody(
    Guid Id, string Name, DateTimeOffset CreatedAt, string? Role, string Plan, long? EventsPerMonth, int? KeptDays, int? Members, int? Projects, IReadOnlyList<string> Features)
{
    /// <summary>A tenant as a member, or (without a role) the operator sees it.</summary>
    public static TenantBody Of(Tenant tenant, Role? role)
    {
        var plan = tenant.Plan;
        return new(
            tenant.Id, tenant.Name, tenant.CreatedAt, role?.Code(), plan.Plan.Code, plan.EventsPerMonth, plan.KeptDays, plan.Members, plan.Projects, PlanBody.FeaturesOf(plan.Plan));
    }
}

/// <summary>Tenants.</summary>
/// <param name="Tenants">The tenants.</param>
/// <param name="Next">For the operator: <c>after</c> of the next page; null on the last one.</param>
internal sealed record TenantsBody(IReadOnlyList<TenantBody> Tenants, Guid? Next = null);

/// <summary>A person in a tenant.</summary>
/// <param name="AccountId">Their account.</param>
/// <param name="Name">Their name.</param>
/// <param name="Email">Their address.</param>
/// <param name="Role">What they are.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="TotpEnabled">Whether they sign in with a second factor.</param>
internal sealed record MemberBody(Guid AccountId, string Name, string Email, string Role, DateTimeOffset JoinedAt, bool TotpEnabled);

/// <summary>The people in a tenant.</summary>
/// <param name="Members">The owner first.</param>
internal sealed record MembersBody(IReadOnlyList<MemberBody> Members);

/// <summary>A role.</summary>
/// <param name="Role"><c>viewer</c>, <c>member</c> or <c>admin</c>.</param>
internal sealed record RoleBody(string? Role);

/// <summary>Whom to invite.</summary>
/// <param name="Email">The address.</param>
/// <param name="Role"><c>viewer</c>, <c>member</c> or <c>admin</c>.</param>
internal sealed record InviteBody(string? Email, string? Role);

/// <summary>An open invitation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">Who is invited.</param>
/// <param name="Role">As what.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record InvitationBody(Guid Id, string Email, string Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>From the store.</summary>
    public static InvitationBody Of(Invitation invitation) => new(invitation.Id, invitation.Email, invitation.Role.Code(), invitation.CreatedAt, invitation.ExpiresAt);
}

/// <summary>The open invitations of a tenant.</summary>
/// <param name="Invitations">Newest first.</param>
internal sealed record InvitationsBody(IReadOnlyList<InvitationBody> Invitations);

/// <summary>Who is to own a tenant.</summary>
/// <param name="AccountId">A member's account.</param>
/// <param name="Password">The current owner's password.</param>
internal sealed record HandOverBody(Guid? AccountId, string? Password = null);
