using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TelemetryKit.Analyzers;

/// <summary>A value that code records.</summary>
/// <param name="entry">The code that records it, if it can be removed separately.</param>
/// <param name="key">The key of the value, if it has one.</param>
/// <param name="value">The value.</param>
internal readonly struct RecordedValue(SyntaxNode? entry, IOperation? key, IOperation value)
{
    public SyntaxNode? Entry => entry;

    public IOperation? Key => key;

    public IOperation Value => Unwrap(value);

    /// <summary>Removes the implicit conversion to the SDK's value type.</summary>
    private static IOperation Unwrap(IOperation value) =>
        value is IConversionOperation { IsImplicit: true } conversion ? Unwrap(conversion.Operand) : value;
}
