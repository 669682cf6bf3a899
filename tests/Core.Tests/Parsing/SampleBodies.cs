using System.Globalization;
using System.Text;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>
/// Valid request bodies. All their texts contain <see cref="Canary"/>, to check that no message contains content of a body.
/// </summary>
internal static class SampleBodies
{
    public const string Canary = "CANARY";

    public static readonly DateTimeOffset ReceivedAt = new(2026, 11, 20, 10, 30, 5, TimeSpan.Zero);

    public static IReadOnlyList<byte[]> All { get; } = [.. Enumerable.Range(0, 6).Select(Make)];

    private static byte[] Make(int kind)
    {
        var head = $$"""
            "batch_id":"019a8c1e-7d2b-7f00-8a4e-{{kind:d12}}","service_name":"CANARY-cli","service_version":"1.2.0-CANARY",
            "sdk":"dotnet/1.0.0","sent_at":"2026-11-20T10:30:05.123Z",
            "context":{"os":"CANARY","arch":"x64","ci":false,"actor":"human","CANARY":"CANARY"}
            """;
        var events = string.Join(',', Enumerable.Range(0, kind + 1).Select(Event));
        return Encoding.UTF8.GetBytes(kind % 2 == 0 ? $"{{{head},\"events\":[{events}]}}" : $"{{\"events\":[{events}],{head}}}");
    }

    private static string Event(int n)
    {
        var common = string.Create(CultureInfo.InvariantCulture, $$"""
            "event_id":"019a8c1e-7d2b-7f00-8a4e-{{n:d12}}","timestamp":"2026-11-20T10:{{n:d2}}:00.{{n}}Z",
            "user_id":"anon_CANARY_{{n}}","session_id":"CANARY{{n}}"
            """);
        return (n % 4) switch
        {
            0 => $$$"""
                {{{{common}}},"event_type":"command_executed","success":true,"duration_ms":5123,
                "metadata":{"command":"build CANARY","target":"CANARY","jobs":4,"flags":["a","CANARY",true]}}
                """,
            1 => $$$"""
                {"metadata":{"name":"CANARY","command":"test","nested":{"CANARY":[1,{"x":"CANARY é"}]}},
                "event_type":"command_executed",{{{common}}}}
                """,
            2 => $$$"""
                {"event_type":"error",{{{common}}},
                "metadata":{"name":"CANARY","success":false,"duration_ms":0.5,"message":"alice@example.com in /home/CANARY"}}
                """,
            _ => "{\"event_type\":\"custom.CANARY\"}",
        };
    }
}
