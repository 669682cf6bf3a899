namespace TelemetryKit;

/// <summary>Whether events may be recorded.</summary>
public enum ConsentState
{
    /// <summary>The user has not decided, or more is collected than the user agreed to. Nothing is recorded.</summary>
    Unknown,

    /// <summary>Events are recorded.</summary>
    Granted,

    /// <summary>Nothing is recorded.</summary>
    Denied,
}
