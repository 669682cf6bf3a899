using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>
/// Reports operations that nothing can dispose (TK0003): the result of <c>TrackCommand</c> is discarded, or assigned to a local variable
/// that is only used for its own members. A variable that is passed on, returned or captured may be disposed elsewhere.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OperationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Diagnostics.UndisposedOperation);

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (SdkSymbols.Find(start.Compilation) is { } sdk)
                start.RegisterOperationAction(found => Inspect(found, sdk), OperationKind.Invocation);
        });
    }

    private static void Inspect(OperationAnalysisContext context, SdkSymbols sdk)
    {
        var call = (IInvocationOperation)context.Operation;
        if (sdk.BeginsOperation(call) && !MayBeDisposed(ResultOf(call)))
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.UndisposedOperation, call.Syntax.GetLocation()));
    }

    /// <summary>Returns the last of the chained calls that return the same operation: <c>TrackCommand("build").With("a", 1)</c>.</summary>
    private static IOperation ResultOf(IOperation operation) =>
        operation.Parent switch
        {
            IInvocationOperation chained when chained.Instance == operation && SameType(chained.Type, operation.Type) => ResultOf(chained),
            IConversionOperation or IParenthesizedOperation => ResultOf(operation.Parent),
            _ => operation,
        };

    private static bool MayBeDisposed(IOperation result) => result.Parent switch
    {
        IExpressionStatementOperation => false,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => false,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } => IsPassedOn(target.Local, result),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } =>
            IsUsing(declarator) || IsPassedOn(declarator.Symbol, result),
        IInvocationOperation { TargetMethod.Name: not "Dispose" } other => other.Instance != result,
        _ => true,
    };

    private static bool IsUsing(IOperation declarator)
    {
        for (var around = declarator.Parent; around is not null and not IBlockOperation; around = around.Parent)
        {
            if (around is IUsingDeclarationOperation or IUsingOperation)
                return true;
        }

        return false;
    }

    /// <summary>Returns whether a variable is disposed, or used as a value of its own, anywhere in the member.</summary>
    private static bool IsPassedOn(ILocalSymbol local, IOperation within)
    {
        var root = within;
        while (root.Parent is not null)
            root = root.Parent;
        foreach (var operation in root.Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local))
                continue;
            if (reference.Parent is ISimpleAssignmentOperation assignment && assignment.Target == reference)
                continue;
            if (Uses(reference))
                return true;
        }

        return false;
    }

    private static bool Uses(IOperation reference) => reference.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Dispose" } => true,
        // With(…) and the outcomes return the operation: what happens to their result decides.
        IInvocationOperation call when call.Instance == reference =>
            SameType(call.Type, reference.Type) && ResultOf(call) is var result && result.Parent is not IExpressionStatementOperation
                && MayBeDisposed(result),
        IPropertyReferenceOperation => false,
        IConditionalAccessOperation access => access.WhenNotNull is IInvocationOperation { TargetMethod.Name: "Dispose" },
        _ => true,
    };

    private static bool SameType(ITypeSymbol? type, ITypeSymbol? other) => SymbolEqualityComparer.Default.Equals(type, other);
}
