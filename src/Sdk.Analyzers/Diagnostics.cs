using Microsoft.CodeAnalysis;

namespace TelemetryKit.Analyzers;

/// <summary>The diagnostics of the analyzer.</summary>
internal static class Diagnostics
{
    private const string Category = "Privacy";
    private const string Usage = "Usage";
    private const string Help = "https://telemetry-kit.dev/docs/sdk/analyzers#";

    public static readonly DiagnosticDescriptor PersonalKey = new(
        DiagnosticIds.PersonalKey,
        "Metadata key looks like personal data",
        "The metadata key '{0}' looks like {1}; telemetry must not identify anyone",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Users are promised that recorded data does not identify them. Remove the entry, or record a category, a count or a boolean.",
        Help + "tk0001");

    public static readonly DiagnosticDescriptor PersonalValue = new(
        DiagnosticIds.PersonalValue,
        "Recorded value looks like personal data",
        "'{0}' looks like {1}; telemetry must not identify anyone",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Users are promised that recorded data does not identify them. Remove the value, or record an anonymous form of it.",
        Help + "tk0002");

    public static readonly DiagnosticDescriptor UndisposedOperation = new(
        DiagnosticIds.UndisposedOperation,
        "Operation is not disposed",
        "The operation is not disposed, so its duration ends with the process; declare it with 'using', or call Run",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An operation is timed until it is disposed. Otherwise it is recorded when the process ends, without the outcome of the command.",
        Help + "tk0003");
}
