using System.Text;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A constant batch with every kind of event, so that the requests of other backends can be compared with golden files.</summary>
internal static class Batches
{
    public static readonly Guid Id = Guid.Parse("0193e5a0-0000-7000-8000-000000000001");

    private const string Head =
        """{"service_name":"my-cli","service_version":"1.2.3","sdk":"dotnet/1.0.0","context":{"os":"linux","arch":"x64","ci":false}}""";

    public static readonly string[] Command =
    [
        Event(
            1, "command_executed", ""","success":true,"duration_ms":1234.5""",
            """{"command":"build","files":12,"share":0.5,"all":["a",null],"clean":true}"""),
    ];

    public static readonly string[] Everything =
    [
        .. Command,
        Event(2, "command_executed", ""","success":false""", """{"command":"deploy","exit_code":3}"""),
        Event(3, "metric", "", """{"name":"lines","value":41,"kind":"histogram","unit":"{line}","target":"production"}"""),
        Event(4, "metric", "", """{"name":"cache","value":-1.5,"kind":"counter"}"""),
        Event(5, "metric", "", """{"name":"memory","value":null,"kind":"gauge","unit":"By"}"""),
        Event(6, "log", "", """{"message":"slow \"disk\"","level":"warn","attempt":2}"""),
        Event(7, "error", ""","success":false""", """{"name":"System.InvalidOperationException"}"""),
    ];

    public static TelemetryBatch Of(params string[] events) => Of(Id, events);

    public static TelemetryBatch Of(Guid id, params string[] events)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(events.Select(e => e + "\n")));
        return new(id, DateTimeOffset.Parse("2026-11-20T10:30:00Z", null), Head, lines, lines.Length);
    }

    /// <summary>Returns the expected request, from the folder <c>Golden</c>.</summary>
    public static string Golden(string file) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", file)).ReplaceLineEndings("\n").TrimEnd('\n');

    private static string Event(int number, string type, string outcome, string metadata) =>
        $$"""{"event_id":"0193e5a0-0000-7000-8000-00000000000{{number}}","event_type":"{{type}}","timestamp":"2026-11-20T"""
        + $$"""10:30:0{{number}}.250Z","user_id":"anon_abc","session_id":"0193e5a0000070009000000000000"""
        + $$"""abc"{{outcome}},"metadata":{{metadata}}}""";
}
