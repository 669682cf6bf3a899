using System.Buffers.Text;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Batch and event ids: UUIDs are used unchanged; any other text becomes a UUID of version 8 from its SHA-256.</summary>
internal static class Identifiers
{
    private static ReadOnlySpan<byte> Domain => "telemetrykit:id:"u8;

    /// <summary>Returns the UUID for a text of 1 to <see cref="Limits.IdLength"/> characters.</summary>
    public static Guid Of(ReadOnlySpan<byte> utf8)
    {
        var format = utf8.Length switch { 36 => 'D', 32 => 'N', _ => '\0' };
        if (format != '\0' && Utf8Parser.TryParse(utf8, out Guid id, out var consumed, format) && consumed == utf8.Length)
            return id;
        return Hashed(utf8);
    }

    private static Guid Hashed(ReadOnlySpan<byte> utf8)
    {
        Span<byte> text = stackalloc byte[16 + (Limits.IdLength * 4)];
        Domain.CopyTo(text);
        utf8.CopyTo(text[Domain.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(Domain.Length + utf8.Length)], hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
