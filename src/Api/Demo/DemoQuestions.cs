namespace TelemetryKit.Api.Demo;

/// <summary>The questions that the demo project answers.</summary>
internal static class DemoQuestions
{
    /// <summary>Each question with the path and query string of its answer.</summary>
    public static readonly IReadOnlyList<(string Question, string Path)> All =
    [
        ("Which commands do users run?", "/v1/stats/top?by=command"),
        ("Who still needs --legacy-output?", $"/v1/stats/deprecation?meta.flags={DemoTool.DeprecatedFlag}"),
        ("May I remove deploy?", "/v1/stats/deprecation?subject=deploy"),
        ("Did build get slower in the last release?", "/v1/stats/top?by=version&group=minor&subject=build"),
        ("Which version do half of the installs run?", "/v1/stats/releases"),
        ("What fails, with which exit code, on which platform?", "/v1/stats/failures"),
    ];
}
