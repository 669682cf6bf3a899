using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>A value on its way into an event.</summary>
/// <param name="entry">The code that adds it, when it can be removed on its own.</param>
/// <param name="key">The key it is recorded under, when it has one.</param>
/// <param name="value">The value, as it was written.</param>
internal readonly struct RecordedValue(SyntaxNode? entry, IOperation? key, IOperation value)
{
    public SyntaxNode? Entry => entry;

    public IOperation? Key => key;

    public IOperation Value => Unwrap(value);

    /// <summary>Without the conversion to the SDK's own type of value, which nobody wrote.</summary>
    private static IOperation Unwrap(IOperation value) =>
        value is IConversionOperation { IsImplicit: true } conversion ? Unwrap(conversion.Operand) : value;
}
