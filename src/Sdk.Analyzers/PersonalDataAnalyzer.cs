using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>
/// Reports code that records what looks like personal data, judging by the key (TK0001) or by the expression that is recorded (TK0002).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PersonalDataAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Diagnostics.PersonalKey, Diagnostics.PersonalValue);

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (SdkSymbols.Find(start.Compilation) is not { } sdk)
                return;
            start.RegisterOperationAction(
                found => InspectAssignment(found, sdk), OperationKind.SimpleAssignment);
            start.RegisterOperationAction(
                found => InspectCall(found, sdk), OperationKind.Invocation);
        });
    }

    private static void InspectAssignment(OperationAnalysisContext context, SdkSymbols sdk)
    {
        if (sdk.Recorded((ISimpleAssignmentOperation)context.Operation) is { } recorded)
            Inspect(context, recorded);
    }

    private static void InspectCall(OperationAnalysisContext context, SdkSymbols sdk)
    {
        foreach (var recorded in sdk.Recorded((IInvocationOperation)context.Operation))
            Inspect(context, recorded);
    }

    private static void Inspect(OperationAnalysisContext context, RecordedValue recorded)
    {
        if (recorded.Key?.ConstantValue is { HasValue: true, Value: string key } && ValueInspector.CanIdentify(recorded.Value.Type)
            && PersonalWords.Find(key) is { } personalKey)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Diagnostics.PersonalKey, recorded.Key.Syntax.GetLocation(), Places(recorded), properties: null, key, personalKey.What));
        }

        if (ValueInspector.Find(recorded.Value) is { } found)
        {
            var form = ImmutableDictionary<string, string?>.Empty.Add(nameof(AnonymousForm), found.Data.Form.ToString());
            context.ReportDiagnostic(Diagnostic.Create(
                Diagnostics.PersonalValue, found.Expression.Syntax.GetLocation(), Places(recorded), form,
                found.Expression.Syntax.ToString(), found.Data.What));
        }
    }

    /// <summary>Returns the locations of the value and, if there is one, of the entry. Code fixes need both.</summary>
    private static IEnumerable<Location> Places(RecordedValue recorded)
    {
        yield return recorded.Value.Syntax.GetLocation();
        if (recorded.Entry is { } entry)
            yield return entry.GetLocation();
    }
}
