using System.Diagnostics.CodeAnalysis;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The dimension of a top list.</summary>
public sealed record Dimension
{
    private const string MetadataPrefix = "meta.";

    private Dimension(string name) => Name = name;

    /// <summary>The name in the query string, such as <c>command</c>, <c>os</c> or <c>meta.target</c>.</summary>
    public string Name { get; }

    /// <summary>The event type whose subjects are counted; <c>null</c> for other dimensions.</summary>
    internal string? SubjectsOf { get; private init; }

    /// <summary>The part of the context that is counted; <c>null</c> for other dimensions.</summary>
    internal ContextDimension? Context { get; private init; }

    /// <summary>The metadata key whose values are counted; <c>null</c> for other dimensions.</summary>
    internal string? MetadataKey { get; private init; }

    /// <summary>Whether the event types themselves are counted.</summary>
    internal bool IsOfTypes => SubjectsOf is null && Context is null && MetadataKey is null;

    /// <summary>Parses <c>command|feature|method|component|event|version|os|arch|runtime|actor|sdk|meta.KEY</c>.</summary>
    public static bool TryParse(string? by, [NotNullWhen(true)] out Dimension? dimension)
    {
        dimension = by switch
        {
            "command" => new Dimension(by) { SubjectsOf = "command_executed" },
            "feature" => new Dimension(by) { SubjectsOf = "feature_used" },
            "method" => new Dimension(by) { SubjectsOf = "method_called" },
            "component" => new Dimension(by) { SubjectsOf = "component_rendered" },
            "event" => new Dimension(by),
            "version" => new Dimension(by) { Context = ContextDimension.Version },
            "os" => new Dimension(by) { Context = ContextDimension.Os },
            "arch" => new Dimension(by) { Context = ContextDimension.Arch },
            "runtime" => new Dimension(by) { Context = ContextDimension.Runtime },
            "actor" => new Dimension(by) { Context = ContextDimension.Actor },
            "sdk" => new Dimension(by) { Context = ContextDimension.Sdk },
            _ when by is not null && by.StartsWith(MetadataPrefix, StringComparison.Ordinal) && by.Length > MetadataPrefix.Length =>
                new Dimension(by) { MetadataKey = by[MetadataPrefix.Length..] },
            _ => null,
        };
        return dimension is not null;
    }
}
