using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TelemetryKit.Bench.Support;

/// <summary>
/// A batch's JSON, made once, with the places that differ from request to request: ids, times, the install and durations are written over
/// in place, each as wide as what stood there. So a load generator sends fresh events for the price of a copy.
/// </summary>
public sealed class RequestBody
{
    private const string IdMark = "00000000-0000-0000-0000-000000000000";
    private const string TimeMark = "0000-00-00T00:00:00.000Z";
    private const string InstallMark = "####";
    private const string SessionMark = "@@@@@@@@";
    private const string DurationMark = "$$$$";

    private const int EventsASecond = 125;

    private readonly byte[] _template;
    private readonly int[] _ids;
    private readonly int[] _times;
    private readonly int[] _installs;
    private readonly int[] _sessions;
    private readonly int[] _durations;

    private RequestBody(string json)
    {
        _template = Encoding.UTF8.GetBytes(json);
        _ids = PlacesOf(IdMark);
        _times = PlacesOf(TimeMark);
        _installs = PlacesOf(InstallMark);
        _sessions = PlacesOf(SessionMark);
        _durations = PlacesOf(DurationMark);
    }

    /// <summary>Bytes of the body.</summary>
    public int Length => _template.Length;

    /// <summary>A batch as a command-line tool sends it: one machine's events of one session.</summary>
    /// <param name="events">Events in it.</param>
    /// <param name="random">Chooses commands, values, version and platform.</param>
    public static RequestBody Make(int events, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var json = new StringBuilder();
        json.Append(CultureInfo.InvariantCulture, $$"""
            {"batch_id":"{{IdMark}}","service_name":"my-cli","service_version":"{{Sample.Version(random)}}","sdk":"dotnet/1.0.0","sent_at":"{{TimeMark}}","context":{{Sample.Context(random)}},"events":[
            """);
        for (var i = 0; i < events; i++)
        {
            if (i > 0)
                json.Append(',');
            json.Append(CultureInfo.InvariantCulture, $$"""
                {"event_id":"{{IdMark}}","event_type":"command_executed","timestamp":"{{TimeMark}}","user_id":"anon_{{InstallMark}}","session_id":"{{SessionMark}}","success":{{(random.Next(20) == 0 ? "false" : "true")}},"duration_ms":{{DurationMark}},"metadata":{{Sample.Metadata(random)}}}
                """);
        }

        return new RequestBody(json.Append("]}").ToString());
    }

    /// <summary>Writes a fresh batch to <paramref name="target"/>, which is <see cref="Length"/> long.</summary>
    /// <param name="target">Where the body goes.</param>
    /// <param name="random">Makes ids, the install and durations.</param>
    /// <param name="sentAt">The time at the client.</param>
    /// <param name="happenedAt">The time of the first event; the others follow by milliseconds, all within a few seconds.</param>
    /// <param name="mixed">Whether each event is another install's, as when a proxy gathers them, instead of all being one's.</param>
    public void Write(Span<byte> target, Random random, DateTimeOffset sentAt, DateTimeOffset happenedAt, bool mixed = false)
    {
        ArgumentNullException.ThrowIfNull(random);
        _template.CopyTo(target);
        foreach (var place in _ids)
            WriteId(target[place..], random, sentAt);
        WriteTime(target[_times[0]..], sentAt);
        // Events follow by milliseconds; those of one second share what is before them.
        happenedAt = happenedAt.AddTicks(-(happenedAt.Ticks % TimeSpan.TicksPerSecond));
        Span<byte> time = stackalloc byte[TimeMark.Length];
        for (var i = 1; i < _times.Length; i++)
        {
            if (i % EventsASecond == 1)
                WriteTime(time, happenedAt.AddSeconds(i / EventsASecond));
            Utf8Formatter.TryFormat(i % EventsASecond * 7, time[^4..], out _, new('D', 3));
            time[^1] = (byte)'Z';
            time.CopyTo(target[_times[i]..]);
        }

        var install = random.Next(Sample.Installs);
        foreach (var place in _installs)
            Utf8Formatter.TryFormat(mixed ? random.Next(Sample.Installs) : install, target[place..], out _, new('D', 4));
        var session = random.Next();
        foreach (var place in _sessions)
            Utf8Formatter.TryFormat(mixed ? random.Next() : session, target[place..], out _, new('x', 8));
        foreach (var place in _durations)
            Utf8Formatter.TryFormat(random.Next(1_000, 10_000), target[place..], out _);
    }

    private static void WriteId(Span<byte> target, Random random, DateTimeOffset time)
    {
        // A UUIDv7 as SDKs make them, without the system's random numbers, which would cost more than the rest of the event.
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

    private int[] PlacesOf(string mark)
    {
        var pattern = Encoding.UTF8.GetBytes(mark);
        List<int> places = [];
        for (var at = 0; ; at += pattern.Length)
        {
            var next = _template.AsSpan(at).IndexOf(pattern);
            if (next < 0)
                return [.. places];
            at += next;
            places.Add(at);
        }
    }
}
