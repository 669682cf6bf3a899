using System.Diagnostics.CodeAnalysis;

namespace TelemetryKit.Grains.Stats;

/// <summary>What a top list counts by.</summary>
public sealed record Dimension
{
    private Dimension(string name) => Name = name;

    /// <summary>The word of the query string, such as <c>command</c>, <c>os</c> or <c>meta.target</c>.</summary>
    public string Name { get; }

    /// <summary>Reads <c>command|feature|method|component|event|version|os|arch|runtime|actor|sdk|meta.KEY</c>.</summary>
    public static bool TryParse(string? by, [NotNullWhen(true)] out Dimension? dimension) => throw new NotImplementedException();
}
