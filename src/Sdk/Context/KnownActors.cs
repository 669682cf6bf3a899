namespace TelemetryKit.Context;

/// <summary>The environment variables by which build services and coding agents say who they are.</summary>
internal static class KnownActors
{
    /// <summary>Variables, each followed by the name of what sets it; the first that is set decides.</summary>
    internal static readonly string[] BuildServices =
    [
        "GITHUB_ACTIONS", "github-actions",
        "GITLAB_CI", "gitlab",
        "TF_BUILD", "azure-pipelines",
        "JENKINS_URL", "jenkins",
        "TEAMCITY_VERSION", "teamcity",
        "CIRCLECI", "circleci",
        "TRAVIS", "travis",
        "APPVEYOR", "appveyor",
        "BUILDKITE", "buildkite",
        "BITBUCKET_BUILD_NUMBER", "bitbucket",
        "CODEBUILD_BUILD_ID", "codebuild",
        "DRONE", "drone",
        "WOODPECKER_CI", "woodpecker",
        "CI", "other",
    ];

    private static readonly string[] Agents =
    [
        "CLAUDECODE", "claude-code",
        "CURSOR_AGENT", "cursor",
        "GEMINI_CLI", "gemini-cli",
        "CODEX_SANDBOX", "codex",
        "OPENCODE", "opencode",
        "AUGMENT_AGENT", "augment",
        "CLINE_ACTIVE", "cline",
        "REPL_AGENT", "replit",
        "COPILOT_AGENT", "copilot",
        "AI_AGENT", "other",
    ];

    /// <summary>The build service that runs us; null when none says so.</summary>
    public static string? BuildService(Host host) => Find(host, BuildServices);

    /// <summary>The coding agent that runs us; null when none says so.</summary>
    public static string? Agent(Host host) => Find(host, Agents);

    private static string? Find(Host host, string[] known)
    {
        for (var i = 0; i < known.Length; i += 2)
        {
            var value = host.Variable(known[i]);
            if (!string.IsNullOrEmpty(value) && value is not ("0" or "false" or "False" or "FALSE"))
                return known[i + 1];
        }

        return null;
    }
}
