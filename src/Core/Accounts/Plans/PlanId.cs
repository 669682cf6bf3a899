namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>A plan by its stable number (stored) and word (<see cref="Plan.Code"/>, on the wire).</summary>
public enum PlanId : byte
{
    /// <summary>One's own server: everything, without a limit.</summary>
    SelfHosted = 0,

    /// <summary>What a sign-up to the hosted service gets.</summary>
    Free = 1,

    /// <summary>For one author.</summary>
    Pro = 2,

    /// <summary>For teams.</summary>
    Business = 3,

    /// <summary>Limits agreed with the operator.</summary>
    Enterprise = 4,
}
