using System.Buffers.Binary;
using System.Buffers.Text;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Api.Stats;

/// <summary>A place between two events as text that clients hand back unread: base64url of the time (8 bytes) and the event's id (16 bytes).</summary>
internal static class Cursor
{
    private const int Length = 24;

    /// <summary>The text.</summary>
    public static string Write(EventCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, cursor.Timestamp);
        cursor.EventId.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the text; <c>null</c> where it is none of ours.</summary>
    public static EventCursor? Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text is not { Length: Length / 3 * 4 } || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length)
            return null;
        return new(BinaryPrimitives.ReadInt64BigEndian(bytes), new Guid(bytes[8..], bigEndian: true));
    }
}
