using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// The property names of a JSON object and of those inside it, told apart by their 64-bit hashes, to find the ones that are there
/// twice.
/// </summary>
internal sealed class KeySet
{
    private readonly Key[] _keys = new Key[Limits.MetadataKeys];
    private readonly int[] _objectAt = new int[Limits.MetadataDepth + 1];
    private int _count;
    private int _objects;

    /// <summary>Whether there can be no more names.</summary>
    public bool IsFull => _count == _keys.Length;

    public void Clear() => _count = _objects = _objectAt[0] = 0;

    /// <summary>An object starts at this level; names of the level are its from now on.</summary>
    public void Enter(int level) => _objectAt[level] = ++_objects;

    /// <summary>Adds a name to the object at the level.</summary>
    public KeyVerdict Add(int level, SharedText name)
    {
        var owner = _objectAt[level];
        foreach (ref readonly var key in _keys.AsSpan(0, _count))
        {
            if (key.Hash == name.Hash && key.Owner == owner)
                return key.IsScrubbed || name.IsScrubbed ? KeyVerdict.TwiceByScrubbing : KeyVerdict.Twice;
        }

        _keys[_count++] = new(name.Hash, owner, name.IsScrubbed);
        return KeyVerdict.New;
    }

    private readonly record struct Key(ulong Hash, int Owner, bool IsScrubbed);
}

/// <summary>What <see cref="KeySet.Add"/> found.</summary>
internal enum KeyVerdict
{
    /// <summary>The name is new in its object.</summary>
    New,

    /// <summary>It was sent twice.</summary>
    Twice,

    /// <summary>Two names that were sent are the same after scrubbing.</summary>
    TwiceByScrubbing,
}
