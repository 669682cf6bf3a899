using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TelemetryKit.Bench.Support;

/// <summary>
/// A template of a batch's JSON with the positions of the parts that differ between requests: ids, times, installs, sessions and
/// durations. They have a fixed width and are overwritten in position, so a new request costs little more than a copy.
/// </summary>
public sealed class RequestBody
{
    private const string IdMark = "00000000-0000-0000-0000-000000000000";
    private const string TimeMark = "0000-00-00T00:00:00.000Z";
    private const string InstallMark = "####";
    private const string SessionMark = "@@@@@@@@";
    private const string DurationMark = "$$$$";

    private const int EventsPerSecond = 125;

    private readonly byte[] _template;
    private readonly int[] _ids;
    private readonly int[] _times;
    private readonly int[] _installs;
    private readonly int[] _sessions;
    private readonly int[] _durations;

    private RequestBody(string json)
    {
        _template = Encoding.UTF8.GetBytes(json);
        _ids = PositionsOf(IdMark);
        _times = PositionsOf(TimeMark);
        _installs = PositionsOf(InstallMark);
        _sessions = PositionsOf(SessionMark);
        _durations = PositionsOf(DurationMark);
    }

    /// <summary>The length of the body in bytes.</summary>
    public int Length => _template.Length;

    /// <summary>Creates a batch of a command-line tool: events of one machine and session.</summary>
    /// <param name="events">The number of events.</param>
    /// <param name="random">Selects commands, values, version and platform.</param>
    public static RequestBody Make(int events, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var json = new StringBuilder();
        json.Append(CultureInfo.InvariantCulture, $$"""
            {"batch_id":"{{IdMark}}","service_name":"my-cli","service_version":"{{Sample.Version(random)}}",
            """);
        json.Append(CultureInfo.InvariantCulture, $$"""
            "sdk":"dotnet/1.0.0","sent_at":"{{TimeMark}}","context":{{Sample.Context(random)}},"events":[
            """);
        for (var i = 0; i < events; i++)
        {
            if (i > 0)
                json.Append(',');
            AppendEvent(json, random);
        }

        return new RequestBody(json.Append("]}").ToString());
    }

    /// <summary>Writes a new batch to <paramref name="target"/>, which must have at least <see cref="Length"/> bytes.</summary>
    /// <param name="target">The destination of the body.</param>
    /// <param name="random">Generates ids, the install and durations.</param>
    /// <param name="sentAt">The client's time.</param>
    /// <param name="happenedAt">The time of the first event; the others follow within a few seconds.</param>
    /// <param name="mixed">Whether each event has its own install, as from a proxy, instead of one install for all events.</param>
    public void Write(Span<byte> target, Random random, DateTimeOffset sentAt, DateTimeOffset happenedAt, bool mixed = false)
    {
        ArgumentNullException.ThrowIfNull(random);
        _template.CopyTo(target);
        foreach (var position in _ids)
            WriteId(target[position..], random, sentAt);
        WriteTime(target[_times[0]..], sentAt);
        // Events follow by milliseconds; the events of one second share the formatted time up to the second.
        happenedAt = happenedAt.AddTicks(-(happenedAt.Ticks % TimeSpan.TicksPerSecond));
        Span<byte> time = stackalloc byte[TimeMark.Length];
        for (var i = 1; i < _times.Length; i++)
        {
            if (i % EventsPerSecond == 1)
                WriteTime(time, happenedAt.AddSeconds(i / EventsPerSecond));
            Utf8Formatter.TryFormat(i % EventsPerSecond * 7, time[^4..], out _, new('D', 3));
            time[^1] = (byte)'Z';
            time.CopyTo(target[_times[i]..]);
        }

        var install = random.Next(Sample.Installs);
        foreach (var position in _installs)
            Utf8Formatter.TryFormat(mixed ? random.Next(Sample.Installs) : install, target[position..], out _, new('D', 4));
        var session = random.Next();
        foreach (var position in _sessions)
            Utf8Formatter.TryFormat(mixed ? random.Next() : session, target[position..], out _, new('x', 8));
        foreach (var position in _durations)
            Utf8Formatter.TryFormat(random.Next(1_000, 10_000), target[position..], out _);
    }

    private static void AppendEvent(StringBuilder json, Random random)
    {
        var success = random.Next(20) == 0 ? "false" : "true";
        json.Append(CultureInfo.InvariantCulture, $$"""
            {"event_id":"{{IdMark}}","event_type":"command_executed","timestamp":"{{TimeMark}}",
            """);
        json.Append(CultureInfo.InvariantCulture, $$"""
            "user_id":"anon_{{InstallMark}}","session_id":"{{SessionMark}}","success":{{success}},
            """);
        json.Append(CultureInfo.InvariantCulture, $$"""
            "duration_ms":{{DurationMark}},"metadata":{{Sample.Metadata(random)}}}
            """);
    }

    private static void WriteId(Span<byte> target, Random random, DateTimeOffset time)
    {
        // A UUIDv7 as SDKs generate it, but without cryptographic random numbers, which would cost more than the rest of the event.
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        var milliseconds = time.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
            id[i] = (byte)(milliseconds >> (40 - (8 * i)));
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        new Guid(id, bigEndian: true).TryFormat(target, out _);
    }

    private static void WriteTime(Span<byte> target, DateTimeOffset time) =>
        time.UtcDateTime.TryFormat(target, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private int[] PositionsOf(string mark)
    {
        var pattern = Encoding.UTF8.GetBytes(mark);
        List<int> positions = [];
        for (var at = 0; ; at += pattern.Length)
        {
            var next = _template.AsSpan(at).IndexOf(pattern);
            if (next < 0)
                return [.. positions];
            at += next;
            positions.Add(at);
        }
    }
}
