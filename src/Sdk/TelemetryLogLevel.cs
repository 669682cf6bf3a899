namespace TelemetryKit;

/// <summary>How serious a log event is.</summary>
public enum TelemetryLogLevel
{
    /// <summary>The most detailed messages.</summary>
    Trace,

    /// <summary>Messages that are useful during development.</summary>
    Debug,

    /// <summary>The normal flow of the tool.</summary>
    Information,

    /// <summary>Something unexpected that did not stop the tool.</summary>
    Warning,

    /// <summary>The current work failed.</summary>
    Error,

    /// <summary>The tool cannot continue.</summary>
    Fatal,
}
