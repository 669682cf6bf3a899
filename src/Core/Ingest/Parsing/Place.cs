namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>A place in a body, to find a fault without repeating it.</summary>
/// <param name="Line">Line, from 0.</param>
/// <param name="Byte">Byte in the line, from 0.</param>
internal readonly record struct Place(long Line, long Byte)
{
    public static Place Of(ReadOnlySpan<byte> body, long at)
    {
        var before = body[..(int)at];
        return new(before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1);
    }

    /// <summary>As people count: from 1.</summary>
    public override string ToString() => $"line {Line + 1}, byte {Byte + 1}";
}
