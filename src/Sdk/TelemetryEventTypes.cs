namespace TelemetryKit;

/// <summary>The event types that the protocol defines. Any other type is a custom type.</summary>
public static class TelemetryEventTypes
{
    /// <summary>A command of a tool ran.</summary>
    public const string CommandExecuted = "command_executed";

    /// <summary>A feature was used.</summary>
    public const string FeatureUsed = "feature_used";

    /// <summary>A method of a library was called.</summary>
    public const string MethodCalled = "method_called";

    /// <summary>A component was rendered.</summary>
    public const string ComponentRendered = "component_rendered";

    /// <summary>Something failed.</summary>
    public const string Error = "error";

    /// <summary>A value was measured.</summary>
    public const string Metric = "metric";

    /// <summary>A log message.</summary>
    public const string Log = "log";
}
