using System.Text;

namespace TelemetryKit;

/// <summary>
/// Events on their way into a queue: lines of UTF-8 JSON, each ended by a line feed, and the head of the batch they may go
/// into. Only events of the same head may share a batch.
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
    /// A JSON object with what the batch says once: <c>service_name</c>, <c>service_version</c>, <c>sdk</c> and <c>context</c>.
    /// </summary>
    public string Head => Encoding.UTF8.GetString(HeadBytes);

    /// <summary>How many events are still to be kept.</summary>
    public int Remaining => Left;

    /// <summary>
    /// The line of the next event, its line feed included. A line that begins with <c>!</c> is no event but a JSON object of
    /// counts by drop reason, to be kept the same way.
    /// </summary>
    public ArraySegment<byte> Next
    {
        get
        {
            var end = Array.IndexOf(_lines, (byte)'\n', Position, _length - Position);
            return new(_lines, Position, (end < 0 ? _length : end + 1) - Position);
        }
    }

    /// <summary>Says that the next event is kept.</summary>
    public void Advance()
    {
        if (Left == 0)
            return;
        Position += Next.Count;
        Left--;
    }

    /// <summary>Takes back that events were kept: the disk had no room for them after all.</summary>
    internal void GoBack(int position, int count)
    {
        Position = position;
        Left += count;
    }
}
