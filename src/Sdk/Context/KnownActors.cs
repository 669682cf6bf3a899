namespace TelemetryKit.Context;

/// <summary>Detects build services and coding agents by the environment variables that they set.</summary>
internal static class KnownActors
{
    /// <summary>Pairs of a variable and the name of the service that sets it. The first variable that is set counts.</summary>
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

    /// <summary>Returns the build service that runs the process, or null if there is none.</summary>
    public static string? BuildService(Host host) => Find(host, BuildServices);

    /// <summary>Returns the coding agent that runs the process, or null if there is none.</summary>
    public static string? Agent(Host host) => Find(host, Agents);

    private static string? Find(Host host, string[] known)
    {
        for (var i = 0; i < known.Length; i += 2)
        {
            if (SwitchValue.IsSet(host.Variable(known[i])))
                return known[i + 1];
        }

        return null;
    }
}
