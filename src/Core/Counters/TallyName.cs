namespace TelemetryKit.Core.Counters;

/// <summary>The name of a tally: a value, or a subject with its event type. Names are ordered by their characters.</summary>
/// <param name="Text">The value or the subject; <c>null</c> for events that have no subject.</param>
/// <param name="Type">The event type of a subject; <c>null</c> for a value.</param>
/// <param name="Hash">The hash of both (<see cref="NameHash"/>).</param>
internal readonly record struct TallyName(string? Text, string? Type, ulong Hash)
{
    public static TallyName Value(string text) => new(text, null, NameHash.Of(text));

    public static TallyName Subject(string type, string? text) =>
        Subject(type, NameHash.Of(type), text, text is null ? 0 : NameHash.Of(text));

    public static TallyName Subject(string type, ulong typeHash, string? text, ulong textHash) =>
        new(text, type, StableHash.Combine(typeHash, textHash));

    public int CompareTo(in TallyName other)
    {
        var type = string.CompareOrdinal(Type, other.Type);
        return type != 0 ? type : string.CompareOrdinal(Text, other.Text);
    }
}
