using System.Runtime.InteropServices;
using System.Text;

namespace TelemetryKit.Core.Counters;

/// <summary>Writes names: in full the first time, then by their number.</summary>
internal sealed class NameWriter
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    public void Clear() => _names.Clear();

    public void Write(ByteWriter to, string? name)
    {
        if (name is null)
        {
            to.Varint(0);
            return;
        }

        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, name, out var exists);
        if (exists)
        {
            to.Varint(known);
            return;
        }

        known = _names.Count + 1;
        to.Varint(1);
        if (Ascii.IsValid(name))
        {
            to.Varint(name.Length << 1);
            Ascii.FromUtf16(name, to.Append(name.Length), out _);
            return;
        }

        // UTF-16 preserves any .NET string, including one that isn't valid Unicode: two names must never become one.
        to.Varint((name.Length << 1) | 1);
        MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(to.Append(name.Length * 2));
    }
}

/// <summary>Reads names that <see cref="NameWriter"/> wrote.</summary>
internal sealed class NameReader
{
    private readonly List<(string Text, ulong Hash)> _names = [];

    /// <summary>Reads a name that must not be <c>null</c>.</summary>
    public (string Text, ulong Hash) ReadRequired(ref ByteReader from) =>
        Read(ref from) ?? throw new RollupFormatException("A name is missing.");

    public (string Text, ulong Hash)? Read(ref ByteReader from)
    {
        var header = from.Varint();
        if (header == 0)
            return null;
        if (header >= 2)
        {
            return header - 2 < (ulong)_names.Count
                ? _names[(int)(header - 2)]
                : throw new RollupFormatException("A name has an undefined number.");
        }

        var length = (ulong)from.Varint(int.MaxValue);
        var bytes = from.Take((length & 1) == 0 ? (int)(length >> 1) : (int)(length & ~1UL));
        string text;
        if ((length & 1) != 0)
            text = new string(MemoryMarshal.Cast<byte, char>(bytes));
        else if (Ascii.IsValid(bytes))
            text = NamePool.Get(bytes);
        else
            throw new RollupFormatException("A name that is marked as ASCII has other characters.");
        var name = (text, NameHash.Of(text));
        _names.Add(name);
        return name;
    }
}
