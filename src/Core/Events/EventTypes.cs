namespace TelemetryKit.Core.Events;

/// <summary>Event types of the protocol that are counted in a special way.</summary>
internal static class EventTypes
{
    /// <summary>An error: it is counted beside runs and failures.</summary>
    public const string Error = "error";
}
