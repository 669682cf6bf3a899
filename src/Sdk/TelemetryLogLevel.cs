namespace TelemetryKit;

/// <summary>How serious a log event is.</summary>
public enum TelemetryLogLevel
{
    /// <summary>The most detailed messages.</summary>
    Trace,

    /// <summary>Of use while developing.</summary>
    Debug,

    /// <summary>The ordinary course of things.</summary>
    Information,

    /// <summary>Something unexpected that the tool went on from.</summary>
    Warning,

    /// <summary>The current work failed.</summary>
    Error,

    /// <summary>The tool cannot go on.</summary>
    Fatal,
}
