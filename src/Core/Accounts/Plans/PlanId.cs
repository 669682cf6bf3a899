namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>The stable number of a plan, as stored. The API uses <see cref="Plan.Code"/>.</summary>
public enum PlanId : byte
{
    /// <summary>A self-hosted server: all features, no limits.</summary>
    SelfHosted = 0,

    /// <summary>The plan of new tenants on the hosted service.</summary>
    Free = 1,

    /// <summary>For a single developer.</summary>
    Pro = 2,

    /// <summary>For teams.</summary>
    Business = 3,

    /// <summary>Limits agreed with the operator.</summary>
    Enterprise = 4,
}
