namespace TelemetryKit.Core.Accounts;

/// <summary>
/// Thrown if a change is not made because its author has been removed from the tenant since the request was admitted. Nothing was changed.
/// </summary>
public sealed class MembershipEndedException() : Exception("The author of the change is no longer a member of the tenant.");
