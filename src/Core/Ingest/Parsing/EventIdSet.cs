using System.Numerics;
using System.Runtime.InteropServices;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Finds event ids that are twice in a request: an open hash table of places in the id column, which allocates nothing in the
/// steady state.
/// </summary>
internal sealed class EventIdSet
{
    private int[] _places = [];
    private int _mask;

    /// <summary>Empties it and makes room for so many ids.</summary>
    public void Clear(int ids)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(ids * 2, 2));
        if (_places.Length < size)
            _places = new int[size];
        Array.Clear(_places, 0, size);
        _mask = size - 1;
    }

    /// <summary>Adds the id at <paramref name="index"/> of the column; false where an equal one is there.</summary>
    public bool Add(Guid[] ids, int index)
    {
        var id = ids[index];
        var slot = (int)Utf8Hash.Compute(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in id)));
        while (true)
        {
            ref var place = ref _places[slot++ & _mask];
            if (place == 0)
            {
                place = index + 1;
                return true;
            }

            if (ids[place - 1] == id)
                return false;
        }
    }
}
