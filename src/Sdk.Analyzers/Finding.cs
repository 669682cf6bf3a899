using Microsoft.CodeAnalysis;

namespace TelemetryKit.Analyzers;

/// <summary>An expression that looks like personal data.</summary>
internal readonly struct Finding(IOperation expression, PersonalData data)
{
    public IOperation Expression => expression;

    public PersonalData Data => data;
}
