namespace TelemetryKit.Analyzers;

/// <summary>
/// What may be recorded in place of a personal value. It travels in a diagnostic's properties, under the name of this type, from
/// the analyzer to the code fix.
/// </summary>
internal enum AnonymousForm
{
    /// <summary>Nothing of it may be: the entry can only go.</summary>
    None,

    /// <summary>Whether there is one.</summary>
    Presence,

    /// <summary>The extension of the file it names.</summary>
    Extension,

    /// <summary>The type of the exception it describes.</summary>
    ExceptionType,
}
