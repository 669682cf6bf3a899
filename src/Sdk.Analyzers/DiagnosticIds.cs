namespace TelemetryKit.Analyzers;

/// <summary>The ids of the diagnostics, which are documented in docs/sdk/analyzers.md.</summary>
internal static class DiagnosticIds
{
    /// <summary>The key of a metadata entry looks like personal data.</summary>
    public const string PersonalKey = "TK0001";

    /// <summary>The expression of a recorded value looks like personal data.</summary>
    public const string PersonalValue = "TK0002";

    /// <summary>An operation is not disposed.</summary>
    public const string UndisposedOperation = "TK0003";
}
