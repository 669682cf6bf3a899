namespace TelemetryKit.Core.Stats.Explore;

/// <summary>The values that the events of a group have in common; <c>null</c> if they have none, or if there are fewer fields.</summary>
/// <param name="First">The value of the first field.</param>
/// <param name="Second">The value of the second field.</param>
/// <param name="Third">The value of the third field.</param>
internal readonly record struct GroupKey(string? First, string? Second = null, string? Third = null)
    : IComparable<GroupKey>
{
    /// <summary>The value of the first field as it is reported.</summary>
    public string Text => Reported(First);

    /// <summary>Returns a value as it is reported.</summary>
    public static string Reported(string? value) => value ?? EventField.NoValue;

    public int CompareTo(GroupKey other)
    {
        var order = string.CompareOrdinal(First, other.First);
        if (order == 0)
            order = string.CompareOrdinal(Second, other.Second);
        return order == 0 ? string.CompareOrdinal(Third, other.Third) : order;
    }
}
