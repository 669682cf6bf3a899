namespace TelemetryKit;

/// <summary>Whether events may be recorded.</summary>
public enum ConsentState
{
    /// <summary>Nobody has been asked, or what is recorded has grown since; nothing is recorded.</summary>
    Unknown,

    /// <summary>Events are recorded.</summary>
    Granted,

    /// <summary>Nothing is recorded.</summary>
    Denied,
}
