using System.Globalization;
using System.Text;

namespace TelemetryKit.Bench.Parse;

/// <summary>Request bodies as SDKs send them.</summary>
internal static class Bodies
{
    public static readonly DateTimeOffset ReceivedAt = new(2026, 11, 20, 10, 30, 5, TimeSpan.Zero);

    /// <summary>
    /// Returns a batch of a command-line tool: a few hundred installs, a dozen commands, three metadata values. With
    /// <paramref name="fresh"/>, a third of the events also has a unique text; with <paramref name="newSessions"/>, each event has its
    /// own session.
    /// </summary>
    public static byte[] Typical(int events, int seed, bool fresh = false, bool newSessions = false)
    {
        var random = new Random(seed);
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $$"""
            {"batch_id":"{{Uuid(random)}}","service_name":"my-cli","service_version":"1.{{random.Next(4)}}.0",
            "sdk":"dotnet/1.0.0","sent_at":"2026-11-20T10:30:05.123Z",
            "context":{"os":"linux","os_version":"6.1.0-18-amd64","arch":"x64","runtime":"dotnet 10.0","ci":false,
            "actor":"human","shell":"zsh","terminal":"xterm-256color"},"events":[
            """);
        for (var i = 0; i < events; i++)
        {
            if (i > 0)
                body.Append(',');
            AppendEvent(body, random, unique: fresh && i % 3 == 0, newSessions);
        }

        return Encoding.UTF8.GetBytes(body.Append("]}").ToString());
    }

    private static void AppendEvent(StringBuilder body, Random random, bool unique, bool newSession)
    {
        var note = unique ? $",\"note\":\"{random.NextInt64():x} is new each time\"" : "";
        body.Append(CultureInfo.InvariantCulture, $$"""
            {"event_id":"{{Uuid(random)}}","event_type":"command_executed",
            """);
        body.Append(CultureInfo.InvariantCulture, $$"""
            "timestamp":"2026-11-20T10:{{random.Next(10, 30):00}}:{{random.Next(60):00}}.{{random.Next(1000):000}}Z",
            """);
        body.Append(CultureInfo.InvariantCulture, $$"""
            "user_id":"anon_{{random.Next(300):x8}}","session_id":"{{Uuid(newSession ? random : new Random(random.Next(1000)))}}",
            """);
        body.Append(CultureInfo.InvariantCulture, $$"""
            "success":{{(random.Next(20) > 0 ? "true" : "false")}},"duration_ms":{{random.Next(20_000)}},
            """);
        body.Append(CultureInfo.InvariantCulture, $$"""
            "metadata":{"command":"{{Commands[random.Next(Commands.Length)]}}","target":"{{Targets[random.Next(Targets.Length)]}}",
            """);
        body.Append(CultureInfo.InvariantCulture, $$"""
            "incremental":true,"jobs":{{random.Next(16)}}{{note}} } }
            """);
    }

    private static readonly string[] Commands =
    [
        "build", "test", "run", "publish", "restore", "clean", "pack", "format", "watch", "new", "add package", "remove package",
    ];

    private static readonly string[] Targets = ["production", "development", "staging", "linux-x64", "osx-arm64", "win-x64"];

    private static Guid Uuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
