using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// A growing buffer of compact JSON. The size is bounded because the input is at most one event or context, which scrubbing and escaping
/// enlarge only by a constant factor.
/// </summary>
internal sealed class JsonOutput
{
    private byte[] _json = new byte[Limits.EventBytes];

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _json.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Removes all bytes after the first <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    public void Put(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Reserve(json.Length));
        Length += json.Length;
    }

    public void Put(char punctuation)
    {
        Reserve(1)[0] = (byte)punctuation;
        Length++;
    }

    /// <summary>Writes a text as a JSON string.</summary>
    public void PutText(ReadOnlySpan<byte> utf8) => Length += JsonText.Write(Reserve((utf8.Length * JsonText.MaxExpansion) + 2), utf8);

    /// <summary>Writes a comma, unless the next name or value is the first of its object or array, or the value of a name.</summary>
    public void Separate()
    {
        if (_json[Length - 1] is not ((byte)'{' or (byte)'[' or (byte)':'))
            Put(',');
    }

    private Span<byte> Reserve(int more)
    {
        if (Length + more > _json.Length)
            Array.Resize(ref _json, Math.Max(Length + more, _json.Length * 2));
        return _json.AsSpan(Length);
    }
}
