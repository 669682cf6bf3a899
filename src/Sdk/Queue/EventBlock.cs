using System.Diagnostics;
using System.Text;

namespace TelemetryKit;

/// <summary>
/// Events to be added to a queue: lines of UTF-8 JSON, each terminated by a line feed, and the head of their batch. A batch contains only
/// events with the same head.
/// </summary>
public sealed class EventBlock
{
    internal readonly byte[] HeadBytes;
    internal int Position;
    internal int Left;
    private readonly byte[] _lines;
    private readonly int _length;

    internal EventBlock(byte[] head, byte[] lines, int length, int count)
    {
        HeadBytes = head;
        _lines = lines;
        _length = length;
        Left = count;
    }

    /// <summary>
    /// A JSON object with the properties of the whole batch: <c>service_name</c>, <c>service_version</c>, <c>sdk</c> and <c>context</c>.
    /// </summary>
    public string Head => Encoding.UTF8.GetString(HeadBytes);

    /// <summary>The number of events that are not yet persisted.</summary>
    public int Remaining => Left;

    /// <summary>
    /// The line of the next event, including its line feed. A line that begins with <c>!</c> is not an event: it contains the numbers of
    /// dropped events by reason as a JSON object, and is persisted like an event.
    /// </summary>
    public ArraySegment<byte> Next
    {
        get
        {
            var end = Array.IndexOf(_lines, (byte)'\n', Position, _length - Position);
            return new(_lines, Position, (end < 0 ? _length : end + 1) - Position);
        }
    }

    /// <summary>Marks the next event as persisted. No effect if there is none.</summary>
    public void Advance()
    {
        if (Left == 0)
            return;
        Position += Next.Count;
        Left--;
    }

    /// <summary>Reverts calls of <see cref="Advance"/>, because the events could not be persisted after all.</summary>
    internal void GoBack(int position, int count)
    {
        Debug.Assert(position <= Position && count >= 0, "The block only goes back.");
        Position = position;
        Left += count;
    }
}
