using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>Recognizes code that records something with the SDK.</summary>
internal sealed class SdkSymbols
{
    private readonly INamedTypeSymbol _metadata;
    private readonly INamedTypeSymbol _client;
    private readonly INamedTypeSymbol? _operation;
    private readonly INamedTypeSymbol? _options;
    private readonly INamedTypeSymbol? _extensions;

    private SdkSymbols(INamedTypeSymbol metadata, INamedTypeSymbol client, Compilation compilation)
    {
        _metadata = metadata;
        _client = client;
        _operation = compilation.GetTypeByMetadataName("TelemetryKit.TelemetryOperation");
        _options = compilation.GetTypeByMetadataName("TelemetryKit.TelemetryOptions");
        _extensions = compilation.GetTypeByMetadataName("TelemetryKit.TelemetryClientExtensions");
    }

    /// <summary>Finds the SDK's types. Returns null if the compilation does not reference the SDK.</summary>
    public static SdkSymbols? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("TelemetryKit.TelemetryMetadata") is { } metadata
        && compilation.GetTypeByMetadataName("TelemetryKit.ITelemetryClient") is { } client
            ? new(metadata, client, compilation)
            : null;

    /// <summary>Returns what <c>metadata["key"] = value</c> records, as a statement or in an initializer.</summary>
    public RecordedValue? Recorded(ISimpleAssignmentOperation assignment) =>
        assignment.Target is IPropertyReferenceOperation { Property.IsIndexer: true, Arguments.Length: 1 } target
        && (Is(target.Property.ContainingType, _metadata) || IsContext(target.Instance))
            ? new(assignment.Syntax, target.Arguments[0].Value, assignment.Value)
            : null;

    /// <summary>Returns what a call records.</summary>
    public IEnumerable<RecordedValue> Recorded(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.Name is "Add" or "With" && method.Parameters.Length == 2)
        {
            if (Is(method.ContainingType, _metadata) || Is(method.ContainingType, _operation) || IsContext(call.Instance))
                yield return new(call.Syntax, Argument(call, 0), Argument(call, 1));
        }
        else if ((method.Name.StartsWith("Track", StringComparison.Ordinal) && IsClient(method.ContainingType))
            || Is(method.ContainingType, _extensions))
        {
            // The subject of an event, the text of a log message, the unit of a metric, the command of Run.
            foreach (var argument in call.Arguments)
            {
                if (argument.Parameter?.Type.SpecialType == SpecialType.System_String)
                    yield return new(null, null, argument.Value);
            }
        }
    }

    /// <summary>Returns whether a call begins an operation that lasts until it is disposed.</summary>
    public bool BeginsOperation(IInvocationOperation call) =>
        Is(call.Type!, _operation) && IsClient(call.TargetMethod.ContainingType);

    /// <summary>Returns the argument for a parameter. Named arguments may be in a different order.</summary>
    private static IOperation Argument(IInvocationOperation call, int ordinal) =>
        call.Arguments.First(argument => argument.Parameter?.Ordinal == ordinal).Value;

    private bool IsClient(INamedTypeSymbol type) =>
        Is(type, _client) || type.AllInterfaces.Any(implemented => Is(implemented, _client));

    /// <summary>Returns whether a dictionary is <c>TelemetryOptions.Context</c>.</summary>
    private bool IsContext(IOperation? dictionary)
    {
        if (dictionary is IPropertyReferenceOperation property)
            return IsContext(property.Property);
        if (dictionary is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver })
            return false;
        // new TelemetryOptions { Context = { ["key"] = value } }
        var around = dictionary.Parent;
        while (around is not null and not IMemberInitializerOperation and not IObjectCreationOperation)
            around = around.Parent;
        return around is IMemberInitializerOperation { InitializedMember: IPropertyReferenceOperation member }
            && IsContext(member.Property);
    }

    private bool IsContext(IPropertySymbol property) => property.Name == "Context" && Is(property.ContainingType, _options);

    private static bool Is(ISymbol symbol, ISymbol? other) => SymbolEqualityComparer.Default.Equals(symbol, other);
}
