using System.Collections;

namespace TelemetryKit;

/// <summary>
/// What an event says beyond its name: up to 64 keys of at most 64 characters. Write it where you track:
/// <c>new() { ["target"] = "production", ["files"] = 12 }</c>. Never put personal data in it.
/// </summary>
/// <remarks>
/// A small array searched from the front: events carry a handful of keys, for which this is both faster and smaller than a
/// dictionary. An instance may be tracked more than once and changed in between, but not by two threads at once.
/// </remarks>
public sealed class TelemetryMetadata : IEnumerable<KeyValuePair<string, MetadataValue>>
{
    private KeyValuePair<string, MetadataValue>[] _entries = Empty;
    private int _count;
    private bool _shared;

    private static readonly KeyValuePair<string, MetadataValue>[] Empty = [];

    /// <summary>How many keys there are.</summary>
    public int Count => _count;

    /// <summary>Reads or sets the value of a key; reading a key that is not there gives a null value.</summary>
    public MetadataValue this[string key]
    {
        get
        {
            var index = IndexOf(key);
            return index < 0 ? default : _entries[index].Value;
        }
        set
        {
            // Telemetry never throws into its host: a null key is nothing to record.
            if (key is null) return;
            var index = IndexOf(key);
            if (index < 0)
            {
                if (_count == Limits.MetadataKeys) return;
                EnsureWritable(_count + 1);
                index = _count++;
            }
            else
            {
                EnsureWritable(_count);
            }
            _entries[index] = new(key, value);
        }
    }

    /// <summary>Sets the value of a key, so that collection initialisers work too.</summary>
    public void Add(string key, MetadataValue value) => this[key] = value;

    /// <summary>Removes a key, if it is there.</summary>
    public bool Remove(string key)
    {
        var index = IndexOf(key);
        if (index < 0) return false;
        EnsureWritable(_count);
        Array.Copy(_entries, index + 1, _entries, index, --_count - index);
        _entries[_count] = default;
        return true;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, MetadataValue>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++) yield return _entries[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The entries as they are now. They belong to the caller: a later change to this object copies them first.
    /// </summary>
    internal ArraySegment<KeyValuePair<string, MetadataValue>> Snapshot()
    {
        _shared = true;
        return new(_entries, 0, _count);
    }

    private int IndexOf(string key)
    {
        for (var i = 0; i < _count; i++)
            if (string.Equals(_entries[i].Key, key, StringComparison.Ordinal))
                return i;
        return -1;
    }

    private void EnsureWritable(int needed)
    {
        if (needed <= _entries.Length && !_shared) return;
        // Two entries first: that is what a typical event carries. Then doubling.
        var size = needed <= 2 ? 2 : needed <= _entries.Length ? _entries.Length : Math.Max(needed, _entries.Length * 2);
        var entries = new KeyValuePair<string, MetadataValue>[size];
        Array.Copy(_entries, entries, _count);
        _entries = entries;
        _shared = false;
    }
}
