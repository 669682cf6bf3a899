namespace TelemetryKit.Core.Events;

/// <summary>
/// The value under which events that have no value in a dimension are counted and filtered for, so that a list by version adds up to all
/// events. A client that sends this text as its version is counted with them.
/// </summary>
public static class NoValue
{
    /// <summary>The name of the value.</summary>
    public const string Name = "(none)";
}
