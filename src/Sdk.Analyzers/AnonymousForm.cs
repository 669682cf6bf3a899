namespace TelemetryKit.Analyzers;

/// <summary>
/// What may be recorded in place of a personal value. The analyzer passes it to the code fix in the diagnostic's property of this name.
/// </summary>
internal enum AnonymousForm
{
    /// <summary>Nothing: the entry can only be removed.</summary>
    None,

    /// <summary>Whether there is a value.</summary>
    Presence,

    /// <summary>The extension of the file.</summary>
    Extension,

    /// <summary>The type of the exception.</summary>
    ExceptionType,
}
