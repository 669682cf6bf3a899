namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>A position in a request body, for messages that must not repeat the content.</summary>
/// <param name="Line">The line, from 0.</param>
/// <param name="Byte">The byte in the line, from 0.</param>
internal readonly record struct Place(long Line, long Byte)
{
    public static Place Of(ReadOnlySpan<byte> body, long at)
    {
        var before = body[..(int)at];
        return new(before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1);
    }

    /// <summary>Returns the position for people, counted from 1.</summary>
    public override string ToString() => $"line {Line + 1}, byte {Byte + 1}";
}
