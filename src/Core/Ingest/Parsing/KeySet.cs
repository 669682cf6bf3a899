using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>The property names of a JSON object and its nested objects, compared by their 64-bit hashes, to find duplicates.</summary>
internal sealed class KeySet
{
    private readonly Key[] _keys = new Key[Limits.MetadataKeys];
    private readonly int[] _objectAt = new int[Limits.MetadataDepth + 1];
    private int _count;
    private int _objects;

    /// <summary>Whether no more names can be added.</summary>
    public bool IsFull => _count == _keys.Length;

    public void Clear() => _count = _objects = _objectAt[0] = 0;

    /// <summary>Starts an object at this level; names of the level that are added from now on belong to it.</summary>
    public void Enter(int level) => _objectAt[level] = ++_objects;

    /// <summary>Adds a name to the current object of the level.</summary>
    public KeyVerdict Add(int level, SharedText name)
    {
        var owner = _objectAt[level];
        foreach (ref readonly var key in _keys.AsSpan(0, _count))
        {
            if (key.Hash == name.Hash && key.Owner == owner)
                return key.IsScrubbed || name.IsScrubbed ? KeyVerdict.DuplicateAfterScrubbing : KeyVerdict.Duplicate;
        }

        _keys[_count++] = new(name.Hash, owner, name.IsScrubbed);
        return KeyVerdict.New;
    }

    private readonly record struct Key(ulong Hash, int Owner, bool IsScrubbed);
}

/// <summary>The result of <see cref="KeySet.Add"/>.</summary>
internal enum KeyVerdict
{
    /// <summary>The name is new in its object.</summary>
    New,

    /// <summary>The name occurs twice in its object.</summary>
    Duplicate,

    /// <summary>Two different names are equal after scrubbing.</summary>
    DuplicateAfterScrubbing,
}
