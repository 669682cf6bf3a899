namespace TelemetryKit.Core.Counters;

/// <summary>
/// The place of a name in the order in which a full table keeps names: the largest weight first, ties by a hash that can't be predicted.
/// </summary>
/// <param name="Weight">The most events that the name can have, relative to the floor of its table.</param>
/// <param name="Tie">The hash of the name.</param>
internal readonly record struct Rank(long Weight, ulong Tie) : IComparable<Rank>
{
    /// <summary>Compares two ranks: the one that is kept longer is less.</summary>
    public int CompareTo(Rank other) => Weight != other.Weight ? other.Weight.CompareTo(Weight) : Tie.CompareTo(other.Tie);
}

/// <summary>Which names a table keeps if it has too many.</summary>
/// <param name="Last">The rank of the last name that is kept.</param>
/// <param name="LargestEvicted">The largest weight of the others.</param>
internal readonly record struct Cut(Rank Last, long LargestEvicted)
{
    public bool Keeps(in Rank rank) => rank.CompareTo(Last) <= 0;

    /// <summary>Returns the cut that keeps the first <paramref name="keep"/> of more ranks. Sorts them.</summary>
    public static Cut After(Span<Rank> ranks, int keep)
    {
        ranks.Sort();
        return new(ranks[keep - 1], ranks[keep].Weight);
    }
}
