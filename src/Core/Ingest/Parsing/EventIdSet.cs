using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Finds duplicate event ids in a request: an open-addressing hash table of indices in the id column. It reuses its memory, so it doesn't
/// allocate in the steady state.
/// </summary>
internal sealed class EventIdSet
{
    private int[] _indices = [];
    private int _mask;

    /// <summary>Empties the set and makes room for <paramref name="ids"/> ids.</summary>
    public void Clear(int ids)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(ids * 2, 2));
        if (_indices.Length < size)
            _indices = new int[size];
        Array.Clear(_indices, 0, size);
        _mask = size - 1;
    }

    /// <summary>Adds the id at <paramref name="index"/> of the column. Returns false if the set contains an equal one.</summary>
    public bool Add(Guid[] ids, int index)
    {
        Debug.Assert(index < (_mask + 1) / 2, "There are more ids than the set has room for.");
        var id = ids[index];
        var slot = (int)Utf8Hash.Compute(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in id)));
        while (true)
        {
            ref var stored = ref _indices[slot++ & _mask];
            if (stored == 0)
            {
                stored = index + 1;
                return true;
            }

            if (ids[stored - 1] == id)
                return false;
        }
    }
}
