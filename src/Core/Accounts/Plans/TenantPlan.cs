namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>A tenant's plan with the operator's custom limits: the limits in effect.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Custom">The operator's limits, which replace those of the plan.</param>
public sealed record TenantPlan(Plan Plan, CustomLimits Custom)
{
    /// <summary>Live events of all projects in one UTC calendar month, or <c>null</c> if there is no limit.</summary>
    public long? EventsPerMonth => PlanTable.EventsPerMonth(Plan.Id, Custom.EventsPerMonth);

    /// <summary>Days that data is kept, or <c>null</c> if it is kept forever. For the complete rule, see <c>RetentionRule</c>.</summary>
    public int? KeptDays => Custom.KeptDays ?? Plan.KeptDays;

    /// <summary>Members, including the owner, or <c>null</c> if there is no limit.</summary>
    public int? Members => Custom.Members ?? Plan.Members;

    /// <summary>Projects, or <c>null</c> if there is no limit.</summary>
    public int? Projects => Custom.Projects ?? Plan.Projects;
}

/// <summary>Limits that replace those of a plan for one tenant. A limit of <c>null</c> keeps the plan's.</summary>
/// <param name="EventsPerMonth">Live events in one UTC calendar month, 0 or more.</param>
/// <param name="KeptDays">Days that data is kept, 1 or more.</param>
/// <param name="Members">Members, 1 or more.</param>
/// <param name="Projects">Projects, 1 or more.</param>
public sealed record CustomLimits(long? EventsPerMonth = null, int? KeptDays = null, int? Members = null, int? Projects = null)
{
    /// <summary>No custom limits.</summary>
    public static CustomLimits None { get; } = new();

    /// <summary>Returns all faults as sentences. Empty if the limits are valid for the plan.</summary>
    public IReadOnlyList<string> FaultsFor(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<string> faults = [];
        if (this != None && !plan.Has(Feature.CustomLimits))
            faults.Add($"Custom limits need the plan {PlanTable.Of(PlanId.Enterprise).Code}; {plan.Code} has its own.");
        if (EventsPerMonth < 0)
            faults.Add("events_per_month is negative.");
        if (KeptDays is < 1 or > Limits.QueryDays)
            faults.Add($"kept_days is not from 1 to {Limits.QueryDays}.");
        if (Members < 1)
            faults.Add("members is less than 1.");
        if (Projects < 1)
            faults.Add("projects is less than 1.");
        return faults;
    }
}
