using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// A growing buffer of compact JSON. What goes in is bounded by an event's or context's bytes, and so is what scrubbing and
/// escaping add.
/// </summary>
internal sealed class JsonOutput
{
    private byte[] _json = new byte[Limits.EventBytes];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _json.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets what came after the first <paramref name="length"/> bytes.</summary>
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

    /// <summary>Puts a text as a JSON string.</summary>
    public void PutText(ReadOnlySpan<byte> utf8) => Length += JsonText.Write(Reserve((utf8.Length * JsonText.MaxExpansion) + 2), utf8);

    /// <summary>
    /// Puts a comma where the value or name that comes next isn't the first of its array or object, nor the value of a name.
    /// </summary>
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
