using System.Buffers.Binary;
using System.Buffers.Text;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats;

/// <summary>
/// Converts cursors to opaque text: base64url of the timestamp (8 bytes), the event's id (16 bytes) and the number of such events already
/// returned (3 bytes).
/// </summary>
internal static class Cursor
{
    private const int Length = 27;
    private const int SeenAt = 24;

    /// <summary>Returns the text of a cursor.</summary>
    public static string Write(EventCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, cursor.Timestamp);
        cursor.EventId.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        for (var i = SeenAt; i < Length; i++)
            bytes[i] = (byte)(cursor.Seen >> (8 * (Length - 1 - i)));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Returns the cursor, or <c>null</c> if the text is invalid.</summary>
    public static EventCursor? Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text is not { Length: Length / 3 * 4 } || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length)
            return null;
        var seen = (bytes[24] << 16) | (bytes[25] << 8) | bytes[26];
        return new(BinaryPrimitives.ReadInt64BigEndian(bytes), new Guid(bytes[8..SeenAt], bigEndian: true), seen);
    }
}
