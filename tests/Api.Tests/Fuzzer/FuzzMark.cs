using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>
/// A text that is in every field of a project's events and in no events of others. So a response shows from whose events it is made.
/// </summary>
internal static partial class FuzzMark
{
    private const int Events = 8;

    /// <summary>Sends marked events with a key and returns their mark.</summary>
    public static async Task<string> SendAsync(AccountServer server, string key)
    {
        var mark = $"fuzzmark{Guid.NewGuid():N}";
        using var request = Request.Ingest(key, Batch(mark, server.Time.GetUtcNow()));
        using var response = await server.Server.Client.SendAsync(request);
        var result = await response.JsonAsync(200);
        Assert.Equal(Events, (int)result["accepted"]!);
        return mark;
    }

    /// <summary>Returns the version of the marked events. Statistics of releases contain semantic versions only.</summary>
    public static string VersionOf(string mark) => $"1.0.0-{mark}";

    /// <summary>Returns the marks in a text.</summary>
    public static IEnumerable<string> In(string text) => Any().Matches(text).Select(match => match.Value.ToLowerInvariant());

    private static string Batch(string mark, DateTimeOffset now)
    {
        var common = $$"""
            "user_id":"{{mark}}","session_id":"{{mark}}","service_version":"{{VersionOf(mark)}}","success":false,"duration_ms":7
            """;
        var metadata = $$"""
            "name":"{{mark}}","command":"{{mark}}","feature":"{{mark}}","method":"{{mark}}","component":"{{mark}}","error_type":"{{mark}}",
            "message":"{{mark}}","flags":["{{mark}}"],"exit_code":"{{mark}}"
            """;
        string[] types = ["command_executed", "feature_used", "method_called", "component_rendered", "error", "log", mark];
        var events = types.Select(type => $$$"""{"event_type":"{{{type}}}",{{{common}}},"metadata":{{{{metadata}}}}}""").Append(
            // Retention and releases compare weeks.
            $$$"""
            {"event_type":"command_executed","timestamp":"{{{now.AddDays(-9):O}}}",{{{common}}},"metadata":{{{{metadata}}}}}
            """);
        return $$"""
            {"service_name":"{{mark}}","context":{"os":"{{mark}}","os_version":"{{mark}}","arch":"{{mark}}","runtime":"{{mark}}",
            "shell":"{{mark}}","terminal":"{{mark}}","agent":"{{mark}}","ci_name":"{{mark}}"},"events":[{{string.Join(',', events)}}]}
            """;
    }

    [GeneratedRegex("fuzzmark[0-9a-f]{32}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Any();
}
