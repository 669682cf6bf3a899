using System.Buffers.Binary;
using System.Buffers.Text;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats;

/// <summary>A place between two events as text that clients hand back unread: base64url of the time (8 bytes), the event's id (16) and how many such events were seen (3).</summary>
internal static class Cursor
{
    private const int Length = 27;
    private const int SeenAt = 24;

    /// <summary>The text.</summary>
    public static string Write(EventCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, cursor.Timestamp);
        cursor.EventId.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        for (var i = SeenAt; i < Length; i++)
            bytes[i] = (byte)(cursor.Seen >> (8 * (Length - 1 - i)));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the text; <c>null</c> where it is none of ours.</summary>
    public static EventCursor? Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text is not { Length: Length / 3 * 4 } || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length)
            return null;
        return new(BinaryPrimitives.ReadInt64BigEndian(bytes), new Guid(bytes[8..SeenAt], bigEndian: true), (bytes[24] << 16) | (bytes[25] << 8) | bytes[26]);
    }
}
